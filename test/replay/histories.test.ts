import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProject, type Project } from '../../runtime/project.ts';
import { bundleWorkflows } from '../../runtime/workflow-bundle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const histories = fileURLToPath(new URL('../histories/', import.meta.url));
const stored = readdirSync(histories, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.json(\.gz)?$/.test(file))
  .toSorted();

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
let project: Project;
let today: string;
let folder: string;
beforeAll(async () => {
  Runtime.install({ logger: silent, telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
  folder = await mkdtemp(join(tmpdir(), 'trimtab-replay-'));
  const examples = await loadProject(join(root, 'trimtab.config.ts'));
  const tests = await loadProject(join(root, 'test/projects/histories.config.ts'));
  project = { ...examples, chains: new Map([...examples.chains, ...tests.chains]) };
  today = (await bundleWorkflows(project, folder)).code;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nameOf = (file: string): string => basename(file).replace(/\.json(\.gz)?$/, '');

async function replay(code: string, file: string): Promise<void> {
  const bytes = readFileSync(join(histories, file));
  const history: unknown = JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  await Worker.runReplayHistory({ workflowBundle: { code } }, history, nameOf(file));
}

/** Today's chains, with one chain function changed as a text. */
async function changed(chain: string, change: (source: string) => string): Promise<string> {
  const changing = project.chains.get(chain);
  if (!changing) throw new Error(`no chain ${chain}`);
  const source = await readFile(join(changing.folder, 'workflow.ts'), 'utf8');
  const next = change(source);
  expect(next).not.toBe(source);
  const place = await mkdtemp(join(folder, 'changed-'));
  await writeFile(join(place, 'workflow.ts'), next);
  return (await bundleWorkflows({ ...project, chains: new Map([...project.chains, [chain, { ...changing, folder: place }]]) }, place)).code;
}

/** The histories of one run that went on in new ones because Temporal called each of them long. */
const goneOn = (histories: number): string => Array.from({ length: histories }, (_, n) => `went-on-${n + 1}`).join(' ');

describe('the histories that are stored', () => {
  it('are of every way a run takes', () => {
    const ways = {
      // The second history of `chain-error` is one that a run continued in as new.
      'support-reply':
        'accepted healed backtracked waiting sent-back asked-a-person cancelled escalated chain-error-1 chain-error-2 left-a-batch ' +
        goneOn(5),
      'meeting-to-crm': `waiting accepted healed sent-back cancelled left-a-gathering ${goneOn(3)}`,
      'grounded-answer': `accepted healed backtracked cancelled retried ${goneOn(2)}`,
      'text-to-sql': `accepted healed backtracked cancelled ${goneOn(6)}`,
      'research-answer': `accepted healed cancelled ${goneOn(2)}`,
      // The workflow of a batch is that of a gathering.
      batch: `of-grounded-answer under-way whose-worker-stopped ${goneOn(2)}`,
      gathering: `worked under-way whose-worker-stopped ${goneOn(2)}`,
      answers: 'left-a-batch-parked',
      tickets: 'left-a-gathering-waiting left-a-gathering-sent-back',
      orders: 'looked-up waits-to-write wrote refused-to-write',
      labels: 'voted drawn-again split-waiting',
      letters: 'best',
      // Its first history is as long as a run lets one grow.
      long: goneOn(2),
    };
    const names = Object.entries(ways).flatMap(([what, all]) => all.split(' ').map((way) => `${what}-${way}`));
    expect(stored.map(nameOf)).toEqual(expect.arrayContaining(names));
  });

  it.each(stored)("%s goes on under today's code", async (file) => {
    await expect(replay(today, file)).resolves.toBeUndefined();
  });
});

describe('the gate', () => {
  /** A run that was in its workflow from the first call on: one that began in place has fewer calls in its history. */
  const accepted = join('0.1.0-loop-2', 'support-reply-accepted.json');

  it('fails when a chain function makes another kind of call', async () => {
    const code = await changed('support-reply', (source) => source.replace('const final = await approve(reply);', 'const final = reply;'));
    await expect(replay(code, accepted)).rejects.toThrow(/[Nn]ondeterminis/);
  });

  it('fails when a chain function asks another question, which to Temporal is the same call', async () => {
    const code = await changed('support-reply', (source) => source.replace('`${ticket.subject}\\n\\n${ticket.body}`', 'ticket.body'));
    await expect(replay(code, accepted)).rejects.toThrow(/the chain function asks for facts#1.* where this run's history holds facts#1/);
  });

  it('fails when a chain function calls a step more', async () => {
    const code = await changed('support-reply', (source) =>
      source.replace('const reply = await', "await facts({ question: 'and more' });\n  const reply = await"),
    );
    await expect(replay(code, accepted)).rejects.toThrow(/[Nn]ondeterminis|asks for/);
  });

  it.each([
    [
      'a run that left a gathering',
      'tickets-left-a-gathering-waiting.json',
      'tickets',
      'facts({ question })',
      "facts({ question: 'another' })",
    ],
    ['a run with a tool that waits', 'orders-waits-to-write.json', 'orders', 'draft({', 'draft({ more: 1, '],
    ['a run that draws several answers', 'labels-split-waiting.json', 'labels', 'label({ question })', "label({ question: 'another' })"],
  ])('fails where the chain function of %s asks another question', async (_, file, chain, from, to) => {
    const code = await changed(chain, (source) => source.replace(from, to));
    await expect(replay(code, join('0.1.0-gathered', file))).rejects.toThrow(/the chain function asks for/);
  });

  it.each([
    ['1', 'support-reply', '`${ticket.subject}\\n\\n${ticket.body}`', 'ticket.body'],
    ['2', 'support-reply', 'await approve(reply)', 'await approve({ text: `${reply.text} Yours.` })'],
    ['2', 'meeting-to-crm', 'await approve(proposed)', 'proposed'],
    ['2', 'grounded-answer', 'facts({ question })', "facts({ question: 'another' })"],
    ['2', 'research-answer', 'answer({ question, found })', 'answer({ question, found: [] })'],
    ['4', 'text-to-sql', 'rows({ sql })', 'rows({ sql: `${sql} ` })'],
  ])('fails in history %s of a run of %s that went on for length: %s -> %s', async (n, chain, from, to) => {
    const code = await changed(chain, (source) => source.replace(from, to));
    await expect(replay(code, join('0.1.0-long', `${chain}-went-on-${n}.json`))).rejects.toThrow(
      /the chain function asks for|[Nn]ondeterminis/,
    );
  });

  it.each([join('0.1.0-loop-2', 'support-reply-accepted.json'), join('0.1.0-in-place', 'support-reply-waiting.json')])(
    'lets a chain function ask another question behind patched: %s',
    async (file) => {
      const ask = '`${ticket.subject}\\n\\n${ticket.body}`';
      const behind = (condition: string) => (source: string) =>
        source.replace(ask, `${condition} ? ticket.subject : ${ask}`).replace('import { workflow }', 'import { patched, workflow }');
      await expect(replay(await changed('support-reply', behind("patched('short')")), file)).resolves.toBeUndefined();
      await expect(replay(await changed('support-reply', behind("patched('short') || true")), file)).rejects.toThrow(/asks for/);
    },
  );

  it('lets the bug be mended under a run that a batch left parked', async () => {
    const code = await changed('answers', (source) => source.replace(/.*throw new TypeError.*/, ''));
    await expect(replay(code, join('0.1.0-gathered', 'answers-left-a-batch-parked.json'))).resolves.toBeUndefined();
  });

  it('lets a change pass that calls the same', async () => {
    const code = await changed('support-reply', (source) =>
      source.replace('const found = await', 'const unused = ticket.id.length;\n  const found = await'),
    );
    await expect(replay(code, accepted)).resolves.toBeUndefined();
  });
});
