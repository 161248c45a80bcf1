/**
 * `npm run bench:factored -- --replies FILE [--mutator PATH]…`
 * The critic `factoredClaims` with the demo model as the one who answers, which matches words: on accepted replies, and on the
 * same with one fault planted. The file: as `npm run bench:questions -- --replies FILE` writes it.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { answerQuestions } from '../runtime/demo/model/inquiry.ts';
import { readPrompt } from '../runtime/demo/model/read-prompt.ts';
import { factoredClaims } from '../src/critics/factored-claims.ts';
import { parsePrompt, renderPrompt } from '../src/prompts/prompt.ts';
import { repliesOf, type ReplyRow } from './reply-row.ts';
import { shareOf } from './share.ts';

interface Mutator {
  kinds: string[];
  mutate(text: string, kind: string, seed: number): { text: string } | null;
}

const { values } = parseArgs({ options: { replies: { type: 'string' }, mutator: { type: 'string', multiple: true, default: [] } } });
if (!values.replies) throw new Error('bench:factored needs --replies FILE');
const { name, template = '', inquiry } = factoredClaims();
const prompt = parsePrompt(name, template);

/** Whether the critic finds something. Who claims nothing is not asked. */
function finds(text: string, { evidence, input }: ReplyRow): boolean {
  const output = { text };
  const shown = inquiry?.show(output, { input, evidence });
  if (shown === null || inquiry === undefined) return false;
  const answers = answerQuestions(readPrompt(renderPrompt(prompt, { input, evidence, shown })));
  return inquiry.findings({ answers }, output, { input, evidence }).length > 0;
}

const rows = (await repliesOf(values.replies)).filter(({ reply }) => /\[\d+\]/.test(reply));
console.log(`untouched, rejected: ${shareOf(rows.filter((row) => finds(row.reply, row)).length, rows.length)}`);
for (const path of values.mutator) {
  const { kinds, mutate } = (await import(pathToFileURL(resolve(path)).href)) as Mutator;
  for (const kind of kinds) {
    const planted = rows.flatMap((row, seed) => {
      const changed = mutate(row.reply, kind, seed);
      return changed === null || changed.text === row.reply ? [] : [{ row, text: changed.text }];
    });
    console.log(`${kind.padEnd(40)} ${shareOf(planted.filter(({ row, text }) => finds(text, row)).length, planted.length)}`);
  }
}
