import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  answersQuestion,
  citesEverySource,
  inLanguageOf,
  noForbiddenPromises,
  noRepeats,
  numbersFromSources,
  supportedBySource,
  within,
} from '../src/checks/index.ts';
import type { Check } from '../src/define/check.ts';
import { wilson } from '../src/reliability/wilson.ts';
import { openDatabase } from '../src/store/database.ts';
import { demoCritic, type Judge } from './demo-critic.ts';
import { quotedReplies } from './quoted-replies.ts';
import { acceptedReplies, repliesOf, type ReplyRow } from './reply-row.ts';
import { writtenReplies } from './written-replies.ts';

/** `npm run bench:checks -- --mutator PATH [--mutator PATH] [--database URL | --replies FILE | --quoted] [--most N] [--misses N] [--no-critic]`. */
interface Mutator {
  kinds: string[];
  mutate(text: string, kind: string, seed: number): { text: string; before: string; after: string } | null;
}

const rules: readonly Check[] = [
  citesEverySource(),
  numbersFromSources(),
  supportedBySource(),
  answersQuestion(),
  noForbiddenPromises(),
  inLanguageOf('question'),
  noRepeats(),
  within(1200),
];
const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};
const { values: options } = parseArgs({
  options: {
    mutator: { type: 'string', multiple: true, default: [] },
    replies: { type: 'string' },
    database: { type: 'string' },
    data: { type: 'string', default: join(import.meta.dirname, '../../shared/data/banking') },
    quoted: { type: 'boolean', default: false },
    most: { type: 'string', default: '1000' },
    misses: { type: 'string', default: '0' },
    'no-critic': { type: 'boolean', default: false },
  },
});

/** Accepted replies of a database or a file; else what the demo model writes, or quoted ones, made up. */
async function source(): Promise<{ name: string; rows: ReplyRow[] }> {
  const most = Number(options.most);
  if (options.replies) return { name: `replies of ${options.replies}`, rows: (await repliesOf(options.replies)).slice(0, most) };
  if (options.database) {
    const db = openDatabase(options.database, { name: 'trimtab bench', max: 2 });
    try {
      return { name: 'accepted replies on the records', rows: (await acceptedReplies(db)).slice(0, most) };
    } finally {
      await db.destroy();
    }
  }
  const file = join(options.data, 'documents.jsonl');
  if (!existsSync(file)) return { name: `nothing: ${file} is not there; give --data FOLDER, --replies FILE or --database URL`, rows: [] };
  if (options.quoted) return { name: 'synthetic, sentences quoted from documents.jsonl', rows: await quotedReplies(file, most) };
  return {
    name: 'written by the demo model, no fault planted, for questions-dev.csv (no run: give --replies or --database for accepted ones)',
    rows: await writtenReplies(options.data, most),
  };
}

async function rejectedBy(row: ReplyRow): Promise<string[]> {
  const verdicts = await Promise.all(rules.map((rule) => rule.run({ text: row.reply }, { input: row.input, evidence: row.evidence })));
  return verdicts
    .flat()
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ critic, reason }) => `${critic}: ${reason}`);
}

const share = (hits: number, of: number): string => {
  const { low, high } = wilson(hits, of);
  return (
    `${hits}/${of}`.padStart(9) +
    (of === 0 ? '' : ` ${((100 * hits) / of).toFixed(1).padStart(5)} % [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`)
  );
};
const line = (name: string, cells: readonly string[]): void =>
  print([name.padEnd(24), ...cells.map((cell) => cell.padEnd(33))].join(' ').trimEnd());

interface Count {
  planted: number;
  rules: number;
  critic: number;
  either: number;
  by: Map<string, number>;
  missed: string[];
}
const none = (): Count => ({ planted: 0, rules: 0, critic: 0, either: 0, by: new Map(), missed: [] });

async function judge(row: ReplyRow, count: Count, critic: Judge | null): Promise<string[]> {
  const found = await rejectedBy(row);
  const rejected = critic !== null && !critic(row);
  count.planted += 1;
  if (found.length > 0) count.rules += 1;
  if (rejected) count.critic += 1;
  if (found.length > 0 || rejected) count.either += 1;
  for (const name of new Set(found.map((reason) => reason.split(':')[0] ?? ''))) count.by.set(name, (count.by.get(name) ?? 0) + 1);
  return found;
}

async function plant(rows: readonly ReplyRow[], of: { mutator: Mutator; kind: string; critic: Judge | null }): Promise<Count> {
  const count = none();
  for (const [seed, row] of rows.entries()) {
    const made = of.mutator.mutate(row.reply, of.kind, seed);
    if (made === null || made.text === row.reply) continue;
    const found = await judge({ ...row, reply: made.text }, count, of.critic);
    if (found.length === 0)
      count.missed.push(
        `${JSON.stringify(made.before)} -> ${JSON.stringify(made.after)} in ${JSON.stringify(near(made.text, made.after))}`,
      );
  }
  return count;
}

const byRule = (count: Count): string =>
  [...count.by]
    .toSorted((a, b) => b[1] - a[1])
    .map(([rule, hits]) => `${rule} ${hits}`)
    .join(', ') || 'none';

/** A right reply, with the passages that it cites put beside those of the question that gets it: what a writer does that answers beside the point. */
const answersToAnother = (rows: readonly ReplyRow[]): ReplyRow[] => {
  const citing = rows.filter(({ reply }) => /\[\d+\]/.test(reply));
  return citing.map((row, index) => {
    const other = citing[(index * 7 + 131) % citing.length] as ReplyRow;
    const reply = other.reply.replace(/\[(\d+)\]/g, (_, n: string) => `[${Number(n) + row.evidence.length}]`);
    return { input: row.input, reply, evidence: [...row.evidence, ...other.evidence] };
  });
};

const near = (text: string, part: string): string => {
  const at = Math.max(0, text.indexOf(part));
  return text.slice(Math.max(0, at - 90), at + part.length + 90);
};

const cells = (count: Count, critic: Judge | null): string[] => [
  share(count.rules, count.planted),
  ...(critic ? [share(count.critic, count.planted), share(count.either, count.planted)] : []),
];

async function main(): Promise<void> {
  if (options.mutator.length === 0) {
    process.exitCode = 2;
    return print('bench:checks: give --mutator PATH, a module that exports { kinds, mutate }');
  }
  const { name, rows } = await source();
  if (rows.length === 0) return print(`bench:checks: skipped, there is no reply to plant a fault in (${name})`);
  const critic = options['no-critic'] ? null : await demoCritic();
  print(`${rows.length} replies: ${name}. Share caught, with Wilson's 95 % interval.`);
  line('', ['caught by rules', ...(critic ? ['caught by the demo critic', 'by either'] : [])]);
  for (const path of options.mutator) {
    const mutator = (await import(pathToFileURL(resolve(path)).href)) as Mutator;
    for (const kind of mutator.kinds) {
      const count = await plant(rows, { mutator, kind, critic });
      line(kind, cells(count, critic));
      print(`  by rule: ${byRule(count)}`);
      for (const missed of count.missed.slice(0, Number(options.misses))) print(`  missed: ${missed}`);
    }
  }
  const another = none();
  for (const row of answersToAnother(rows)) await judge(row, another, critic);
  line('answer to another question', cells(another, critic));
  print(`  by rule: ${byRule(another)}`);
  const untouched = none();
  const alarms: string[] = [];
  for (const row of rows) alarms.push(...(await judge(row, untouched, critic)));
  line('untouched, rejected', cells(untouched, critic));
  for (const alarm of alarms.slice(0, Number(options.misses))) print(`  alarm: ${alarm}`);
}

await main();
