import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { whileItRestarts } from '../../cli/restarting.ts';
import { writeLocalState } from '../../runtime/local-state.ts';
import { freePort } from '../../runtime/local/ports.ts';
import { closeBreaker, countFailure } from '../../src/store/breakers.ts';
import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';
import { startDesk, type Desk } from '../stack/desk.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

const project = fileURLToPath(new URL('../projects/', import.meta.url));
const binary = fileURLToPath(new URL('../../bin/trimtab.mjs', import.meta.url));

let engine: TestEngine;
let provider: ProviderServer;
let desk: Desk;
let folder: string;
let credentials: Record<string, string>;
/** The next answers of the writer to a question; unscripted: a good draft. */
const scripts = new Map<string, Scripted[]>();

function say(call: ProviderCall): Scripted {
  if (call.model === 'judge-1') return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };
  const question = /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';
  return scripts.get(question)?.shift() ?? { text: JSON.stringify({ text: `Good answer to ${question} [1].` }) };
}

beforeAll(async () => {
  [provider, desk, folder] = await Promise.all([startProviderServer(say), startDesk(), mkdtemp(join(tmpdir(), 'trimtab-cli-'))]);
  engine = await testEngine({
    configFile: `${project}trimtab.config.ts`,
    env: { OPENAI_BASE_URL: provider.openai_url, OPENAI_API_KEY: 'sk-test', TRIMTAB_ENDPOINT_DESK: desk.url },
  });
  credentials = { TRIMTAB_URL: engine.url, TRIMTAB_API_KEY: await engine.key(['runs:read', 'runs:write', 'reviews:decide']) };
});
afterAll(async () => {
  await provider.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Said {
  code: number | null;
  out: string;
  err: string;
}

/** The real command line, as a shell starts it. `undefined` in `env` takes a variable away. */
async function trimtab(
  command: readonly string[],
  options: { stdin?: string | Buffer; env?: Record<string, string | undefined>; interruptAt?: RegExp } = {},
): Promise<Said> {
  const env = Object.fromEntries(
    Object.entries({ ...engine.env, ...credentials, ...options.env }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const child = spawn(process.execPath, [binary, ...command], { cwd: project, env, stdio: 'pipe' });
  const said: Said = { code: null, out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => {
    said.out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    said.err += data.toString();
    if (!child.killed && options.interruptAt?.test(said.err)) child.kill('SIGINT');
  });
  child.stdin.end(options.stdin ?? '');
  said.code = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  return said;
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const ask = (question: string, ...more: string[]) =>
  trimtab(['run', 'tickets', '--input', '-', ...more], { stdin: JSON.stringify({ question }) });
/** Another address of the API, whose connection is lost when a POST is chosen by its path and its number on that path. */
async function cutAt(lose: (path: string, n: number) => boolean): Promise<{ url: string; stop(): void }> {
  const seen = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await buffer(request);
    seen.set(path, (seen.get(path) ?? 0) + 1);
    if (request.method === 'POST' && lose(path, seen.get(path) ?? 0)) return request.socket.destroy();
    const headers = Object.fromEntries(
      ['authorization', 'content-type', 'idempotency-key'].flatMap((name) => [[name, request.headers[name]]].filter(([, value]) => value)),
    ) as Record<string, string>;
    const answer = await fetch(new URL(path, engine.url), {
      method: request.method ?? 'GET',
      headers,
      ...(body.length > 0 ? { body } : {}),
    });
    return response
      .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      .end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}
/** A run that waits for approval. */
async function waiting(question: string): Promise<{ id: string; review_id: string }> {
  return JSON.parse((await ask(question, '--wait', '--json')).out) as { id: string; review_id: string };
}
const ended = (id: string) =>
  until(async () => {
    const { body } = await engine.call(`/v1/runs/${id}`);
    return ['succeeded', 'failed', 'cancelled'].includes(body.status) && body;
  });
/** What a command says when it refuses: no data, no stack, what is wrong. */
function refused(said: Said, code: number, words: string | RegExp): void {
  expect(said.out).toBe('');
  expect(said.err).toMatch(words);
  expect(said.err).not.toMatch(/\n\s+at |Error:/);
  expect(said.code).toBe(code);
}

describe('run', () => {
  it('follows a ticket from a file: a live line per step on stderr, the trace on stdout, and who must do what', async () => {
    const said = await trimtab(['run', 'tickets', '--input', await file('ticket.json', '{"question":"from a file"}'), '--wait']);
    expect(said.code).toBe(0);
    const lines = said.err.split('\n');
    expect(lines).toContainEqual(expect.stringContaining('facts/1 attempt 1 accepted'));
    expect(lines).toContainEqual(expect.stringContaining('draft/1 attempt 1 accepted'));
    expect(lines).toContainEqual(expect.stringContaining('approve/1 waits for a person'));
    expect(said.err).toMatch(/trimtab decide rev_\w+ --approve/);
    expect(said.out).toMatch(/run_\w+ {2}tickets {2}waiting {2}2 attempts/);
    expect(said.out).toContain('1. first     accepted  openai/writer-1');
  });

  it('that is interrupted while it waits says that nothing was stopped, and how to follow it', async () => {
    let letGo: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    scripts.set('slow', [{ text: JSON.stringify({ text: 'Late [1].' }), hold }]);
    const said = await trimtab(['run', 'tickets', '--input', '-', '--wait'], {
      stdin: JSON.stringify({ question: 'slow' }),
      interruptAt: /draft\/1 attempt 1 running/,
    });
    expect(said).toMatchObject({ code: 130, out: '' });
    const id = /Nothing was stopped: (run_\w+) goes on\. Follow it with: trimtab show \1/.exec(said.err)?.[1] ?? '';
    letGo();
    await until(async () => (await engine.call(`/v1/runs/${id}`)).body.status === 'waiting');
  });

  it('of a batch that is interrupted says that nothing was stopped, and how to see its runs', async () => {
    let letGo: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    scripts.set('slow of two', [{ text: JSON.stringify({ text: 'Late [1].' }), hold }]);
    const inputs = ['slow of two', 'quick of two'].map((question) => JSON.stringify({ question })).join('\n');
    const said = await trimtab(['run', 'tickets', '--batch', '-', '--wait'], { stdin: inputs, interruptAt: /1 waiting, 1 running/ });
    expect(said).toMatchObject({ code: 130, out: '' });
    const id =
      /Nothing was stopped: (bat_\w+) goes on\. See the runs with: trimtab runs --batch \1; stop them with trimtab cancel --batch$/m.exec(
        said.err,
      )?.[1] ?? '';
    expect((await trimtab(['runs', '--batch', id])).out.match(/run_\w+ .*(waiting|running)/g)).toHaveLength(2);
    letGo();
    await until(async () => (await engine.call(`/v1/batches/${id}`)).body.counts.waiting === 2);
    expect((await engine.call(`/v1/runs?batch=${id}`)).body.data).toHaveLength(2);
    expect((await trimtab(['cancel', '--batch', id])).out).toBe(`${id}: 2 of its runs are asked to stop.\n`);
    await until(async () => (await engine.call(`/v1/batches/${id}`)).body.counts.cancelled === 2);
    expect((await trimtab(['cancel', '--batch', id])).out).toBe(`${id}: every run has ended.\n`);
    refused(await trimtab(['cancel', '--batch', 'bat_none']), 1, /no batch bat_none/);
    refused(await trimtab(['cancel']), 2, /say which: a run, or --batch ID/);
  });

  describe('of a batch in more than one request', () => {
    const large = (name: string): string => JSON.stringify({ question: `${name} ${'x'.repeat(600_000)}` });
    const runs = async (): Promise<number> => (await engine.db.selectFrom('runs').select('id').execute()).length;

    it('starts nothing when the last line does not fit, and names that line', async () => {
      const before = await runs();
      const said = await trimtab(['run', 'tickets', '--batch', '-'], { stdin: `${large('one')}\n\n${large('two')}\n{"question":""}` });
      refused(said, 1, /standard input, line 4 does not fit: \/question [^]*\n {2}\/question: /);
      expect(await runs()).toBe(before);
    });

    it('starts nothing when a line is too large for any request, and names that line', async () => {
      const before = await runs();
      const huge = JSON.stringify({ question: 'x'.repeat(2 * 1024 * 1024) });
      refused(
        await trimtab(['run', 'tickets', '--batch', '-'], { stdin: `{"question":"q"}\n${huge}` }),
        1,
        /line 2 is too large: a request/,
      );
      expect(await runs()).toBe(before);
    });

    it('that is cut in the middle says what has started, and the same command with the key it names starts the rest alone', async () => {
      const before = await runs();
      const stdin = [large('cut one'), large('cut two')].join('\n');
      const cut = await cutAt((path, n) => path.endsWith('/batches') && n === 2);
      const said = await trimtab(['run', 'tickets', '--batch', '-'], { stdin, env: { TRIMTAB_URL: cut.url } });
      cut.stop();
      refused(
        said,
        1,
        /The first 1 cases have started \(bat_\w+\)\. The same command with --idempotency-key \S+ starts the rest, and nothing twice/,
      );
      expect(await runs()).toBe(before + 1);
      const key = /--idempotency-key (\S+)/.exec(said.err)?.[1] ?? '';
      const again = await trimtab(['run', 'tickets', '--batch', '-', '--idempotency-key', key, '--json'], { stdin });
      expect(JSON.parse(again.out)).toMatchObject([{ cases: 1 }, { cases: 1 }]);
      expect(await runs()).toBe(before + 2);
    });
  });

  it('takes the ticket from standard input and prints JSON alone', async () => {
    const said = await ask('from stdin', '--wait', '--json', '--user', 'ada');
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(said.out)).toMatchObject({
      chain: 'tickets',
      status: 'waiting',
      user: 'ada',
      steps: [{ step: 'facts' }, { step: 'draft' }, { step: 'approve' }],
    });
  });

  it('without --wait says how to follow it; the same key is the same run', async () => {
    const first = await ask('once', '--idempotency-key', 'cli-1');
    expect(first.out).toMatch(/^run_\w+ {2}running\nFollow it with: trimtab show run_/);
    expect((await ask('once', '--idempotency-key', 'cli-1')).out).toBe(first.out);
    refused(await ask('twice', '--idempotency-key', 'cli-1'), 1, 'Idempotency-Key');
  });

  it('ends with 1 when the run is blocked, and names the cause', async () => {
    scripts.set('no key', [{ status: 401, body: { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } } }]);
    const said = await ask('no key', '--wait');
    expect(said.code).toBe(1);
    expect(said.out).toMatch(/auth: .*\n.*trimtab retry --code auth/);
  });

  it.concurrent.each([
    ['a missing file', ['run', 'tickets', '--input', '/nowhere/ticket.json'], '', 2, /cannot read \/nowhere\/ticket\.json/],
    ['a folder', ['run', 'tickets', '--input', '/tmp'], '', 2, /cannot read \/tmp: it is a folder/],
    ['a value in place of a file', ['run', 'tickets', '--input', '{"question":"q"}'], '', 2, /that is a value; give a file/],
    [
      'a batch of bytes, without a terminal reading them',
      ['run', 'tickets', '--batch', '-'],
      '\u001b[2J{',
      2,
      /^\P{Cc}*one JSON value a line/u,
    ],
    ['a batch that is one list', ['run', 'tickets', '--batch', '-'], '[{"question":"q"}]', 1, /one list; give its items one a line/],
    ['a run where a review belongs', ['decide', 'run_nope', '--approve'], '', 1, /no run run_nope/],
    ['malformed JSON', ['run', 'tickets', '--input', '-'], '{"question":', 2, /standard input is not JSON/],
    ['nothing at all', ['run', 'tickets', '--input', '-'], '', 2, /standard input is not JSON/],
    ['no --input', ['run', 'tickets'], '', 2, /give --input <file> for one run, or --batch <file>/],
    ['both --input and --batch', ['run', 'tickets', '--input', '-', '--batch', '-'], '{}', 2, /or --batch <file>/],
    [
      'a line of a batch that is not JSON',
      ['run', 'tickets', '--batch', '-'],
      '{"question":"q"}\n{"question',
      2,
      /standard input, line 2 is not JSON/,
    ],
    ['a case that does not fit', ['run', 'tickets', '--batch', '-'], '{"question":"q"}\n{"question":""}', 1, /input, line 2 does not fit/],
    ['letters of another encoding', ['run', 'tickets', '--input', '-'], Buffer.from('{"question":"für"}', 'latin1'), 2, /is not UTF-8/],
    ['an unknown chain', ['run', 'nope', '--input', '-'], '{}', 1, /'nope'; there are .*tickets[^]*Take one of those, or add the chain/],
    ['a misspelt chain', ['run', 'tikets', '--input', '-'], '{}', 1, /^✗ there is no chain 'tikets'; .*\n {2}Did you mean tickets\?\n$/],
    ['an unknown field', ['run', 'tickets', '--input', '-'], '{"question":"q","extra":1}', 1, /\/input\/extra: unknown field/],
    ['an unknown command', ['fly'], '', 2, /unknown command 'fly'/],
    ['an unknown option', ['runs', '--fly'], '', 2, /unknown option '--fly'/],
  ])('refuses %s', async (_name, command, stdin, code, words) => {
    refused(await trimtab(command, { stdin }), code, words);
  });
});

describe('a failure under --json', () => {
  it.concurrent.each([
    [
      'of the API',
      ['run', 'tickets', '--input', '-', '--json'],
      '{"question":3}',
      1,
      { code: 'invalid_input', status: 422, errors: [{ pointer: '/input/question' }] },
    ],
    ['with advice of ours', ['run', 'tickts', '--input', '-', '--json'], '{}', 1, { code: 'unknown_chain', next: 'Did you mean tickets?' }],
    ['of an unknown run', ['show', 'run_nope', '--json'], '', 1, { code: 'not_found', detail: expect.stringContaining('run_nope') }],
    [
      'of a file',
      ['knowledge', 'import', '/nowhere.csv', '--json'],
      '',
      1,
      { code: 'invalid_input', next: expect.stringContaining('Mend the path') },
    ],
    [
      'of input',
      ['run', 'tickets', '--input', '-', '--json'],
      '{',
      2,
      { code: 'wrong_usage', detail: expect.stringContaining('standard input is not JSON') },
    ],
    ['of an option', ['runs', '--json', '--fly'], '', 2, { code: 'wrong_usage', detail: "unknown option '--fly'" }],
    [
      'of a missing option',
      ['run', 'tickets', '--json'],
      '',
      2,
      { code: 'wrong_usage', detail: expect.stringContaining('--input <file>') },
    ],
  ])('%s is one object on stderr', async (_name, command, stdin, code, error) => {
    const said = await trimtab(command, { stdin });
    expect(JSON.parse(said.err)).toMatchObject({ error: { title: expect.any(String), next: expect.any(String), ...error } });
    expect(said).toMatchObject({ code, out: '' });
  });
  it('of the stack that is not there is one line, too, and so is one of a worker', async () => {
    const away = { TRIMTAB_URL: 'http://127.0.0.1:2', DATABASE_URL: undefined };
    const all = await Promise.all([['runs'], ['migrate'], ['worker']].map((command) => trimtab([...command, '--json'], { env: away })));
    for (const said of all) {
      expect(said.err.trimEnd()).not.toContain('\n');
      expect(JSON.parse(said.err)).toMatchObject({
        error: { code: 'setup', detail: expect.stringMatching(/nothing answers|DATABASE_URL/) },
      });
      expect(said).toMatchObject({ code: 1, out: '' });
    }
  });
});

describe('while the local stack starts its server again', () => {
  const stack = async (): Promise<{ env: Record<string, string>; port: number }> => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const home = await mkdtemp(join(folder, 'home-'));
    writeLocalState(home, { url, database_url: '', temporal_address: '', temporal_ui: null });
    return { port, env: { TRIMTAB_HOME: home, TRIMTAB_URL: url } };
  };
  it('a command waits for it, says so, and goes on', async () => {
    const { port, env } = await stack();
    const child = spawn(process.execPath, [binary, 'runs'], { cwd: project, env: { ...engine.env, ...credentials, ...env } });
    const out = text(child.stdout);
    const [first] = (await once(child.stderr, 'data')) as [Buffer];
    expect(first.toString()).toBe(`nothing answers at ${env['TRIMTAB_URL']}: waiting up to 20 s for the stack to come back\n`);
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[],"next_cursor":null}');
    });
    server.listen(port, '127.0.0.1');
    expect(await out).toMatch(/^No runs yet/);
    server.close();
  });
  it('gives up in the end, and asks no other address twice', async () => {
    const { env } = await stack();
    const asked = async (url: string): Promise<number> => {
      let times = 0;
      const refuse = (): Promise<never> => {
        times += 1;
        return Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
      };
      vi.stubEnv('TRIMTAB_HOME', env['TRIMTAB_HOME']);
      await expect(whileItRestarts(url, refuse, 300)).rejects.toThrow('fetch failed');
      return times;
    };
    expect(await asked(env['TRIMTAB_URL'] ?? '')).toBeGreaterThan(1);
    expect(await asked('http://127.0.0.1:2')).toBe(1);
    vi.unstubAllEnvs();
  });
});

describe('when the API cannot be reached', () => {
  it.concurrent.each([
    [
      'nobody listens',
      { TRIMTAB_URL: 'http://127.0.0.1:2' },
      /^✗ nothing answers at http:\/\/127\.0\.0\.1:2 \(.*ECONNREFUSED.*\): start the stack with 'npx trimtab dev'\n$/,
    ],
    ['the address is none', { TRIMTAB_URL: 'localhost 80' }, /^✗ TRIMTAB_URL=localhost 80 is no URL.*\n$/],
    [
      'there are no credentials',
      { TRIMTAB_URL: undefined, TRIMTAB_API_KEY: undefined },
      /^✗ no credentials in .*credentials\.json: start the stack with 'npx trimtab dev', or set TRIMTAB_URL and TRIMTAB_API_KEY\n$/,
    ],
  ])('says in one sentence that %s', async (_name, env, sentence) => {
    refused(await trimtab(['runs'], { env }), 1, sentence);
  });
  it('names another server that answers there', async () => {
    refused(await trimtab(['runs'], { env: { TRIMTAB_URL: desk.url } }), 1, /is no trimtab/);
  });
  it('says that the key is wrong, and how to make one', async () => {
    refused(await trimtab(['runs'], { env: { TRIMTAB_API_KEY: 'tt_wrong' } }), 1, /Authorization: Bearer/);
  });
});

describe('reading', () => {
  it('lists runs and reviews and shows a trace, as text and as JSON', async () => {
    const { id, review_id } = await waiting('to read');
    const two = await trimtab(['runs', '--chain', 'tickets', '--limit', '2']);
    expect(two.out).toMatch(/^RUN .*\nrun_.*\nrun_[^\n]*\n$/);
    expect(two.err).toMatch(/^There are more: --limit/);
    expect((await trimtab(['runs', '--chain', 'tickets', '--limit', '200'])).err).toBe('');
    const runs = JSON.parse((await trimtab(['runs', '--status', 'waiting', '--json'])).out) as { data: { id: string }[] };
    expect(runs.data[0]?.id).toBe(id);
    expect((await trimtab(['reviews', '--queue', 'support'])).out).toMatch(
      new RegExp(`^REVIEW [^]*${review_id} +pending +support +tickets +approve`),
    );
    expect((await trimtab(['show', id])).out).toContain('facts/1  accepted');
    expect(JSON.parse((await trimtab(['show', id, '--json'])).out)).toMatchObject({
      id,
      steps: [{ step: 'facts', attempts: [{ outcome: 'accepted' }] }, {}, {}],
    });
  });
  it('says so where there is nothing', async () => {
    expect((await trimtab(['runs', '--user', 'nobody'])).out).toMatch(/^No runs/);
    expect((await trimtab(['reviews', '--queue', 'empty'])).out).toMatch(/^No reviews/);
    refused(await trimtab(['show', 'run_nope']), 1, 'run_nope');
    refused(await trimtab(['show', '../keys']), 1, 'there is no run ../keys');
    refused(await trimtab(['runs', '--status', 'sleeping']), 2, 'status');
    refused(await trimtab(['runs', '--limit', 'many']), 2, 'limit');
  });
});

describe('decide', () => {
  it('approves, and the effect goes out', async () => {
    const { id, review_id } = await waiting('to approve');
    const said = await trimtab(['decide', review_id, '--approve', '--comment', 'fine']);
    expect(said).toMatchObject({ code: 0, out: expect.stringMatching(/decided {2}approve by test/) });
    expect((await ended(id)).output.id).toMatch(id);
    refused(await trimtab(['decide', review_id, '--approve']), 1, /decided/);
  });
  it('edits with a value from standard input', async () => {
    const { id, review_id } = await waiting('to edit');
    refused(await trimtab(['decide', review_id, '--edit', '-'], { stdin: '{"text":' }), 2, /standard input is not JSON/);
    refused(await trimtab(['decide', review_id, '--edit', '/nowhere.json']), 2, /cannot read \/nowhere\.json/);
    refused(await trimtab(['decide', review_id, '--edit', '-'], { stdin: '{"text":3}' }), 1, /\/value\/text/);
    const decided = JSON.parse(
      (await trimtab(['decide', review_id, '--edit', '-', '--json'], { stdin: '{"text":"by hand [1]"}' })).out,
    ) as unknown;
    expect(decided).toMatchObject({ status: 'decided', decision: { decision: 'edit', value: { text: 'by hand [1]' } } });
    expect(desk.effects.get((await ended(id)).output.id)).toBe('by hand [1]');
  });
  it.each([
    ['--reject', 'reject'],
    ['--respond', 'respond'],
  ])('%s sends it back with words for the next draft', async (option, decision) => {
    const { id, review_id } = await waiting(`to send back by ${decision}`);
    expect((await trimtab(['decide', review_id, option, 'name the price'])).out).toContain(`decided  ${decision} by`);
    await until(async () =>
      provider.calls.some(
        (call) =>
          JSON.stringify(call.messages).includes(`to send back by ${decision}`) && JSON.stringify(call.messages).includes('name the price'),
      ),
    );
    await engine.call(`/v1/runs/${id}/cancel`, { body: {} });
  });
  it('wants one decision, and one only', async () => {
    refused(await trimtab(['decide', 'rev_any']), 2, /--approve, --edit FILE, --reject REASON, --respond TEXT/);
    refused(await trimtab(['decide', 'rev_any', '--approve', '--reject', 'no']), 2, /say one of/);
    refused(await trimtab(['decide', 'rev_nope', '--approve']), 1, 'rev_nope');
    refused(await trimtab(['decide']), 2, /missing required argument/);
  });
});

describe('retry', () => {
  it('goes on with all that a cause blocked, and says which', async () => {
    scripts.set('cap', [
      {
        status: 429,
        body: { error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' } },
      },
    ]);
    const blocked = JSON.parse((await ask('cap', '--wait', '--json')).out) as { id: string; status: string };
    expect(blocked.status).toBe('blocked');
    const said = await trimtab(['retry', '--code', 'spend_cap']);
    expect(said).toMatchObject({ code: 0, out: `Asked to go on: ${blocked.id}\n` });
    await until(async () => (await engine.call(`/v1/runs/${blocked.id}`)).body.status === 'waiting');
    expect((await trimtab(['retry', '--code', 'spend_cap'])).out).toBe('No blocked run fits.\n');
    refused(await trimtab(['retry', '--run', blocked.id]), 1, /is not blocked/);
    refused(await trimtab(['retry']), 2, /--run ID, --code CODE or --chain NAME/);
    refused(await trimtab(['retry', '--code', 'bad_luck']), 2, /'bad_luck' is no code/);
  });
});

describe('export runs', () => {
  it('writes one run a line with its steps and who decided what, to a file or to standard output', async () => {
    const { id, review_id } = await waiting('to export');
    await engine.call(`/v1/reviews/${review_id}/decision`, { body: { decision: 'reject', version: 1, reason: 'say it shorter' } });
    const path = join(folder, 'runs.jsonl');
    expect(await trimtab(['export', 'runs', '--chain', 'tickets', '--output', path])).toMatchObject({ code: 0, out: '' });
    const lines = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { id: string; reviews: unknown[]; steps: { step: string; attempts: { verdicts: unknown[] }[] }[] },
      );
    const row = lines.find((line) => line.id === id);
    expect(row?.steps.map((step) => step.step).slice(0, 3)).toEqual(['facts', 'draft', 'approve']);
    expect(row?.reviews).toContainEqual(
      expect.objectContaining({ id: review_id, decision: expect.objectContaining({ decision: 'reject', reason: 'say it shorter' }) }),
    );
    expect(row?.steps[1]?.attempts[0]?.verdicts).toContainEqual(expect.objectContaining({ critic: 'grounded', verdict: 'pass' }));
    const said = await trimtab(['export', 'runs', '--status', 'waiting', '--json']);
    expect(
      said.out
        .trimEnd()
        .split('\n')
        .every((line) => JSON.parse(line).status === 'waiting'),
    ).toBe(true);
    refused(await trimtab(['export', 'runs', '--output', '/nowhere/runs.jsonl']), 1, /^✗ cannot write \/nowhere\/runs\.jsonl/);
  });
  it('ends quietly when its reader does', async () => {
    const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${binary}" export runs | head -c 20`], {
      cwd: project,
      env: { ...engine.env, ...credentials },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
    });
    await new Promise((resolve) => {
      child.once('close', resolve);
    });
    expect(err).toBe('');
  });
});

describe('administration', () => {
  it('makes, lists and revokes keys', async () => {
    const made = JSON.parse((await trimtab(['key', 'create', '--scopes', 'runs:read, runs:write', '--name', 'shop', '--json'])).out) as {
      id: string;
      key: string;
    };
    expect((await engine.call('/v1/runs?limit=1', { key: made.key })).status).toBe(200);
    expect((await engine.call('/v1/reviews/rev_x/decision', { key: made.key, body: { decision: 'approve', version: 1 } })).status).toBe(
      403,
    );
    expect((await trimtab(['key', 'list'])).out).toMatch(new RegExp(`${made.id} +shop +runs:read,runs:write`));
    expect((await trimtab(['key', 'revoke', made.id])).code).toBe(0);
    expect((await engine.call('/v1/runs?limit=1', { key: made.key })).status).toBe(401);
    refused(
      await trimtab(['key', 'create', '--scopes', 'runs:read,everything']),
      2,
      /unknown scope 'everything'; the scopes are runs:write/,
    );
    refused(await trimtab(['key', 'create']), 2, /--scopes/);
    refused(await trimtab(['key', 'revoke', 'key_nope']), 1, /key_nope/);
  });

  it('invites a person by a link that works once', async () => {
    const { sign_in } = JSON.parse(
      (await trimtab(['user', 'invite', 'Ada Lovelace', '--json'], { env: { TRIMTAB_PUBLIC_URL: engine.url } })).out,
    ) as { sign_in: string };
    expect(sign_in.startsWith(`${engine.url}/sign-in?token=`)).toBe(true);
    const [first, second] = [await fetch(sign_in, { redirect: 'manual' }), await fetch(sign_in, { redirect: 'manual' })];
    expect([first.headers.get('set-cookie') !== null, second.headers.get('set-cookie')]).toEqual([true, null]);
    refused(
      await trimtab(['user', 'invite', 'Ada'], { env: { TRIMTAB_PUBLIC_URL: undefined, TRIMTAB_URL: undefined } }),
      1,
      /TRIMTAB_PUBLIC_URL/,
    );
    refused(await trimtab(['user', 'invite', ' ']), 2, /say who is invited/);
  });

  it('migrates, and says when there is nothing to do', async () => {
    expect(await trimtab(['migrate'])).toMatchObject({ code: 0, out: 'The database is up to date.\n' });
    expect(JSON.parse((await trimtab(['migrate', '--json'])).out)).toEqual({ applied: [] });
    refused(
      await trimtab(['migrate'], { env: { DATABASE_URL: undefined } }),
      1,
      /no database: start the stack with 'npx trimtab dev', or set DATABASE_URL/,
    );
    refused(await trimtab(['migrate'], { env: { DATABASE_URL: 'postgres://localhost:1/x' } }), 1, /^✗ .*DATABASE_URL.*\n/);
    refused(await trimtab(['key', 'list'], { env: { DATABASE_URL: 'postgres://localhost:1/x' } }), 1, /^✗ .*DATABASE_URL.*\n/);
    refused(
      await trimtab(['key', 'list'], { env: { DATABASE_URL: inject('postgresUrl').replace(/\/trimtab$/, '/postgres') } }),
      1,
      /^✗ the database has no tables of trimtab yet: run 'npx trimtab migrate'\n$/,
    );
  });

  it('doctor checks everything, as JSON too, and ends with 1 when something is missing', async () => {
    const well = await trimtab(['doctor', '--json'], { env: { TRIMTAB_PORT: undefined } });
    const checks = JSON.parse(well.out) as { name: string; ok: boolean; detail: string }[];
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(checks.map((check) => check.name)).toEqual([
      'Node',
      'home',
      'chains',
      'Postgres',
      'Temporal',
      'port',
      'models',
      'providers',
      'stack',
    ]);
    expect(well.code).toBe(0);
    const ill = await trimtab(['doctor'], { env: { DATABASE_URL: 'postgres://127.0.0.1:1/x' } });
    expect(ill.code).toBe(1);
    expect(ill.out).toMatch(/✗ Postgres +DATABASE_URL does not answer .*\n {2}mend it, or unset it/);
  });

  it('doctor names the provider that is left alone, and what it last said', async () => {
    const trouble = 'openai answered 503: down for repairs';
    for (let n = 0; n < 10; n += 1) await countFailure(engine.db, { account: 'openai', now: null, trouble });
    const { code, out } = await trimtab(['doctor']).finally(() => closeBreaker(engine.db, { account: 'openai' }));
    expect(out).toMatch(
      /✗ providers +openai is left alone \(open\), it last said "openai answered 503, down for repairs"\n {2}workers try it again by themselves/,
    );
    expect(code).toBe(1);
  });

  it('shows help with 0 and wants a command', async () => {
    expect(await trimtab(['--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Usage: trimtab') });
    expect(await trimtab(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect((await trimtab([])).code).toBe(2);
    expect((await trimtab(['key'])).code).toBe(2);
  });
});

describe('knowledge import', () => {
  const load = (path: string, ...more: string[]) => trimtab(['knowledge', 'import', path, '--collection', 'cli', ...more]);
  it('reads JSONL, CSV and a folder of Markdown, and does nothing the second time', async () => {
    const lines = await file(
      'docs.jsonl',
      '{"id":"a","title":"Tea","content":"Green tea at 70 degrees."}\n\n{"id":"b","title":"Coffee","content":"At 93 degrees."}\n',
    );
    expect(await load(lines)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^2 added, 0 changed, 0 unchanged, 0 removed in [\d.]+ s\n$/),
    });
    expect(JSON.parse((await load(lines, '--json')).out)).toMatchObject({ added: 0, unchanged: 2 });
    const csv = await file('docs.csv', '\uFEFFid,title,content\r\nb,Coffee,"At 92 degrees, ""fresh""."\r\nc,Cocoa,"With\r\nmilk."\r\n');
    expect((await load(csv, '--prune')).out).toMatch(/^1 added, 1 changed, 0 unchanged, 1 removed/);
    await mkdir(join(folder, 'md', 'more'), { recursive: true });
    await Promise.all([file('md/one.md', '# One\n\nFirst.'), file('md/more/two.md', 'No heading.')]);
    expect((await load(join(folder, 'md'))).out).toMatch(/^2 added/);
  });
  it.each([
    ['bad.jsonl', '{"id":"a","title":"A","content":"x"}\n{"id":"b",', /bad\.jsonl:2/],
    ['short.jsonl', '{"id":"a","title":"A","content":"x"}\n{"id":"b","title":"B"}\n', /short\.jsonl:2: 'content'/],
    ['bad.csv', 'id,title,content\na,A,x\nb,B\n', /bad\.csv:3/],
    [
      'twice.jsonl',
      '{"id":"a","title":"A","content":"x"}\n{"id":"a","title":"A","content":"y"}\n',
      /twice\.jsonl:2: the id 'a' is already used at .*twice\.jsonl:1/,
    ],
    ['notes.docx', 'x', /'\.docx' is not read/],
  ])('names file and line of %s and stores nothing of it', async (name, content, words) => {
    const count = () =>
      engine.db
        .selectFrom('documents')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
    const before = await count();
    refused(await load(await file(name, content)), 1, words);
    expect(await count()).toEqual(before);
  });
  it('names a file that is not there', async () => {
    refused(
      await load('/nowhere.jsonl'),
      1,
      /\/nowhere\.jsonl: there is no such file or folder\n {2}Mend the path or the line that is named, then import/,
    );
  });
});
