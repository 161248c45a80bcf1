import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../runtime/local/ports.ts';
import { createAnthropic } from '../../src/providers/anthropic.ts';
import { createOpenAi } from '../../src/providers/openai.ts';
import { createProviders } from '../../src/providers/registry.ts';
import { OutcomeKind } from '../../src/shapes/outcome.ts';
import { conformanceRequest, conformanceTalk, providerConformance } from '../../testing/provider-conformance.ts';
import { conformanceCases } from '../../testing/provider-cases.ts';
import { startProviderServer, type ProviderServer } from '../../testing/provider-server.ts';

const suite = { describe, it };
const signal = (): AbortSignal => new AbortController().signal;

providerConformance(
  'openai by chat completions',
  { dialect: 'chat', make: (at) => createOpenAi({ name: 'openai', api_key: at.api_key, base_url: at.openai_url }) },
  suite,
);
providerConformance(
  'openai by responses',
  { dialect: 'responses', make: (at) => createOpenAi({ name: 'openai', api_key: at.api_key, base_url: at.openai_url, api: 'responses' }) },
  suite,
);
providerConformance(
  'anthropic',
  { dialect: 'messages', make: (at) => createAnthropic({ name: 'anthropic', api_key: at.api_key, base_url: at.url }) },
  suite,
);

it('the suite covers every outcome that a call can have but cancelled and abandoned', () => {
  const covered = new Set<string>(conformanceCases.map((one) => one.outcome));
  for (const dialect of ['chat', 'responses', 'messages'] as const)
    expect(conformanceCases.filter((one) => !one.not_for?.[dialect]).length, dialect).toBeGreaterThanOrEqual(60);
  // What becomes of an answer is judged later; the other two are not the provider's.
  const others = new Set(['accepted', 'accepted_under_exhaustion', 'rejected', 'unsure', 'sampled', 'cancelled', 'abandoned']);
  for (const outcome of ['answer', 'calls', ...OutcomeKind.options.filter((one) => !others.has(one))]) {
    expect(covered, outcome).toContain(outcome);
  }
});

describe('a provider that cannot be reached', () => {
  const ask = async (base_url: string) =>
    createOpenAi({ name: 'local', api_key: null, base_url }).complete(conformanceRequest, { signal: signal() });

  it.each(['no server listens', 'the name is not known'])('has got nothing to be paid for: %s', async (what) => {
    const base_url = what.startsWith('no server') ? `http://127.0.0.1:${await freePort()}/v1` : 'http://nowhere.invalid/v1';
    expect(await ask(base_url)).toMatchObject({ outcome: 'transport', usage: { input_tokens: 0, output_tokens: 0 } });
  });

  it('may have read what it was sent before it hung up, and nobody knows what that costs', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    expect(await ask(`http://127.0.0.1:${port}/v1`)).toMatchObject({ outcome: 'transport', usage: null });
    server.close();
  });
});

describe('structured output', () => {
  let server: ProviderServer;
  beforeAll(async () => {
    server = await startProviderServer([{ text: '{"text":"x"}' }]);
  });
  afterAll(() => server.stop());
  const last = () => server.calls.at(-1)?.body ?? {};

  it('is strict at OpenAI, with null for what may be left out, and loose for a record', async () => {
    const provider = createOpenAi({ name: 'openai', api_key: 'k-1234', base_url: server.openai_url });
    await provider.complete(conformanceRequest, { signal: signal() });
    expect(last()['response_format']).toMatchObject({ type: 'json_schema', json_schema: { name: 'reply', strict: true } });
    const optional = { type: 'object', properties: { note: { type: 'string' } } };
    await provider.complete({ ...conformanceRequest, schema: { name: 'a', json_schema: optional } }, { signal: signal() });
    const asked = { required: ['note'], properties: { note: { anyOf: [{ type: 'string' }, { type: 'null' }] } } };
    expect(last()['response_format']).toMatchObject({ json_schema: { strict: true, schema: asked } });
    const loose = { type: 'object', additionalProperties: { type: 'string' } };
    await provider.complete({ ...conformanceRequest, schema: { name: 'a b', json_schema: loose } }, { signal: signal() });
    expect(last()['response_format']).toMatchObject({ json_schema: { name: 'a_b', strict: false } });
  });

  it('is a format for Claude, and a forced tool for models from before it', async () => {
    const provider = createAnthropic({ name: 'anthropic', api_key: 'k-1234', base_url: server.url });
    await provider.complete({ ...conformanceRequest, model: 'claude-haiku-4-5' }, { signal: signal() });
    expect(last()).toMatchObject({ system: 'Be brief.', output_config: { format: { type: 'json_schema' } } });
    expect(last()).not.toHaveProperty('tools');
    await provider.complete({ ...conformanceRequest, model: 'claude-3-5-haiku-20241022' }, { signal: signal() });
    expect(last()).toMatchObject({ tool_choice: { type: 'tool', name: 'reply' }, tools: [{ name: 'reply' }] });
    expect(last()).not.toHaveProperty('output_config');
  });

  it('comes back from a forced tool as the text of the answer', async () => {
    const events = [
      [
        'message_start',
        {
          message: {
            id: 'm',
            type: 'message',
            role: 'assistant',
            model: 'claude-3',
            content: [],
            stop_reason: null,
            stop_sequence: null,
            usage: { input_tokens: 9, output_tokens: 1 },
          },
        },
      ],
      ['content_block_start', { index: 0, content_block: { type: 'tool_use', id: 't', name: 'reply', input: {} } }],
      ['content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{"text":' } }],
      ['content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '"€4.95"}' } }],
      ['content_block_stop', { index: 0 }],
      ['message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 7 } }],
      ['message_stop', {}],
    ] as const;
    const raw = events.map(([type, part]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...part })}\n\n`).join('');
    const tools = await startProviderServer([{ raw }]);
    const provider = createAnthropic({ name: 'anthropic', api_key: 'k-1234', base_url: tools.url });
    const completion = await provider.complete({ ...conformanceRequest, model: 'claude-3-5-haiku-20241022' }, { signal: signal() });
    await tools.stop();
    expect(completion).toEqual({
      type: 'answer',
      text: '{"text":"€4.95"}',
      usage: { input_tokens: 9, output_tokens: 7 },
      model: 'claude-3',
    });
  });

  it('is one tool among others for a Claude model from before it, which must take one of them or answer', async () => {
    const provider = createAnthropic({ name: 'anthropic', api_key: 'k-1234', base_url: server.url });
    const old = { ...conformanceTalk, model: 'claude-3-5-haiku-20241022' };
    await provider.complete(old, { signal: signal() });
    expect(last()).toMatchObject({
      tool_choice: { type: 'any' },
      tools: [{ name: 'order_status' }, { name: 'search' }, { name: 'reply' }],
    });
    await provider.complete({ ...old, tools: { offers: conformanceTalk.tools?.offers ?? [], answers: true } }, { signal: signal() });
    expect(last()).toMatchObject({ tool_choice: { type: 'tool', name: 'reply' } });
    const clash = { ...old, schema: { name: 'search', json_schema: old.schema?.json_schema ?? {} } };
    await provider.complete(clash, { signal: signal() });
    expect(last()).toMatchObject({ tools: [{ name: 'order_status' }, { name: 'search' }, { name: 'search_answer' }] });
  });

  it('comes back from that tool as the answer, and from the others as calls', async () => {
    const status = { name: 'order_status', arguments: { id: 'A-1' } };
    const reply = { name: 'reply', arguments: { text: '€4.95' } };
    const tools = await startProviderServer([
      { text: 'So:', calls: [reply] },
      { text: 'Let me see.', calls: [status, reply] },
    ]);
    const provider = createAnthropic({ name: 'anthropic', api_key: 'k-1234', base_url: tools.url });
    const asked = { ...conformanceTalk, model: 'claude-3-5-haiku-20241022' };
    expect(await provider.complete(asked, { signal: signal() })).toMatchObject({ type: 'answer', text: '{"text":"€4.95"}' });
    // It answered before it knew what its call gives: the call counts.
    expect(await provider.complete(asked, { signal: signal() })).toMatchObject({
      type: 'calls',
      calls: [{ name: 'order_status', arguments: '{"id":"A-1"}' }],
    });
    await tools.stop();
  });

  it('is asked for in words of a server that takes tools or a schema, but not both; without tools it keeps the schema', async () => {
    const both = /tools.*json_schema|json_schema.*tools/s;
    const picky = await startProviderServer((call) =>
      both.test(JSON.stringify(call.body))
        ? {
            status: 400,
            body: { error: { message: 'response_format json_schema cannot be used with tools', type: 'invalid_request_error' } },
          }
        : { text: '{"text":"€4.95"}' },
    );
    const provider = createOpenAi({ name: 'local', api_key: null, base_url: picky.openai_url });
    expect(await provider.complete(conformanceTalk, { signal: signal() })).toMatchObject({ type: 'answer' });
    await provider.complete(conformanceTalk, { signal: signal() });
    await provider.complete(conformanceRequest, { signal: signal() });
    await picky.stop();
    expect(picky.calls.map(({ schema, tools }) => [schema !== null, tools.length])).toEqual([
      [true, 2],
      [false, 2],
      [false, 2],
      [true, 0],
    ]);
  });

  it('is left out for plain text, as is a temperature that nobody set', async () => {
    const plain = { ...conformanceRequest, schema: null, temperature: null };
    await createOpenAi({ name: 'local', api_key: null, base_url: server.openai_url }).complete(plain, { signal: signal() });
    expect(Object.keys(last()).toSorted()).toEqual(['max_tokens', 'messages', 'model', 'stream', 'stream_options']);
    await createAnthropic({ name: 'anthropic', api_key: 'k-1234', base_url: server.url }).complete(plain, { signal: signal() });
    expect(Object.keys(last()).toSorted()).toEqual(['max_tokens', 'messages', 'model', 'stream', 'system']);
  });
});

describe('the table of providers', () => {
  it('answers auth and names the variable where a key is missing', async () => {
    const table = createProviders({ env: {}, providers: { mistral: { base_url: 'http://127.0.0.1:9/v1', key: 'MISTRAL_API_KEY' } } });
    expect([...table.keys()]).toEqual(['openai', 'anthropic', 'mistral']);
    for (const [name, variable] of [
      ['openai', 'OPENAI_API_KEY'],
      ['anthropic', 'ANTHROPIC_API_KEY'],
      ['mistral', 'MISTRAL_API_KEY'],
    ] as const) {
      expect(await table.get(name)?.complete(conformanceRequest, { signal: signal() })).toMatchObject({
        type: 'nothing',
        outcome: 'auth',
        message: `${name} has no key: set ${variable}`,
      });
    }
  });

  it('names a protocol that nobody here speaks', () => {
    const providers = { local: { base_url: 'http://127.0.0.1:9/v1', speaks: 'morse' } };
    expect(() => createProviders({ env: {}, providers })).toThrow(
      "providers.local: nobody here speaks 'morse'; speaks is one of openai, anthropic",
    );
  });

  it("reaches a server of one's own at OPENAI_BASE_URL without a key, a named endpoint with its key, and the demo model", async () => {
    const server = await startProviderServer([{ text: 'hello' }]);
    const env = { OPENAI_BASE_URL: server.openai_url, MINE: 'k-mine-1', ANTHROPIC_API_KEY: 'k-claude-1', ANTHROPIC_BASE_URL: server.url };
    const table = createProviders({
      env,
      providers: { mine: { base_url: server.openai_url, key: 'MINE' }, open: { base_url: server.openai_url } },
      demoUrl: server.openai_url,
    });
    for (const name of ['openai', 'mine', 'open', 'demo', 'anthropic']) {
      expect(await table.get(name)?.complete(conformanceRequest, { signal: signal() }), name).toMatchObject({
        type: 'answer',
        text: 'hello',
      });
    }
    await server.stop();
    expect(server.calls.map((call) => call.headers.authorization ?? `Bearer ${String(call.headers['x-api-key'])}`)).toEqual([
      'Bearer none',
      'Bearer k-mine-1',
      'Bearer none',
      'Bearer none',
      'Bearer k-claude-1',
    ]);
  });
});
