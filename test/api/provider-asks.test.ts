import { afterEach, describe, expect, it } from 'vitest';
import { createAnthropic } from '../../src/providers/anthropic.ts';
import { createOpenAi } from '../../src/providers/openai.ts';
import type { CompletionRequest, Provider } from '../../src/providers/provider.ts';
import { createProviders } from '../../src/providers/registry.ts';
import { conformanceRequest } from '../../testing/provider-conformance.ts';
import { startProviderServer, type Dialect, type ProviderScript, type ProviderServer } from '../../testing/provider-server.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
async function serving(script: ProviderScript): Promise<ProviderServer> {
  const server = await startProviderServer(script);
  stops.push(() => server.stop());
  return server;
}
const ask = (provider: Provider | undefined, request: Partial<CompletionRequest> = {}) =>
  provider?.complete({ ...conformanceRequest, ...request }, { signal: new AbortController().signal });
const all = (server: ProviderServer): [Dialect, Provider][] => [
  ['chat', createOpenAi({ name: 'openai', api_key: 'k-1234', base_url: server.openai_url })],
  ['responses', createOpenAi({ name: 'openai', api_key: 'k-1234', base_url: server.openai_url, api: 'responses' })],
  ['messages', createAnthropic({ name: 'anthropic', api_key: 'k-1234', base_url: server.url })],
];

describe("OpenAI's two wire formats", () => {
  it('are Responses at OpenAI and Chat Completions elsewhere, unless provider or model says otherwise', async () => {
    const server = await serving([{ text: 'x' }]);
    // What would go to OpenAI is led here.
    const led: typeof fetch = (input, init) => fetch(String(input).replace('https://api.openai.com', server.url), init);
    const table = createProviders({
      env: { OPENAI_API_KEY: 'k-1234' },
      providers: { gateway: { base_url: server.openai_url }, newer: { base_url: server.openai_url, api: 'responses' } },
      fetch: led,
    });
    for (const name of ['openai', 'gateway', 'newer']) await ask(table.get(name));
    await ask(table.get('openai'), { api: 'chat' });
    await ask(table.get('gateway'), { api: 'responses' });
    expect(server.calls.map((call) => call.dialect)).toEqual(['responses', 'chat', 'responses', 'chat', 'responses']);
    expect(server.calls[0]?.body).toMatchObject({
      store: false,
      max_output_tokens: 200,
      text: { format: { type: 'json_schema', name: 'reply' } },
    });
    expect(server.calls[3]?.body).toMatchObject({ max_completion_tokens: 200 });
  });

  it("are Anthropic's where a named endpoint speaks that", async () => {
    const server = await serving([{ text: 'x' }]);
    const table = createProviders({
      env: { MINE: 'k-mine-1' },
      providers: { mine: { base_url: server.url, key: 'MINE', speaks: 'anthropic' } },
    });
    expect(await ask(table.get('mine'))).toMatchObject({ type: 'answer', text: 'x' });
    expect(server.calls[0]).toMatchObject({ dialect: 'messages', headers: { authorization: 'Bearer k-mine-1' } });
  });
});

describe('a model that takes no JSON schema', () => {
  const refusal = {
    status: 400,
    body: {
      error: { type: 'invalid_request_error', message: "response_format 'json_schema' (output_config, text.format) is not supported" },
    },
  };

  it('is asked again in words within the same call, and from then on in words at once', async () => {
    for (const dialect of ['chat', 'responses', 'messages'] as const) {
      const server = await serving([refusal, { text: '{"text":"x"}' }]);
      const provider = new Map(all(server)).get(dialect);
      expect(await ask(provider), dialect).toMatchObject({ type: 'answer', text: '{"text":"x"}' });
      await ask(provider);
      expect(
        server.calls.map((call) => call.schema !== null),
        dialect,
      ).toEqual([true, false, false]);
      expect(server.calls[2]?.messages[0], dialect).toMatchObject({
        role: 'system',
        content: expect.stringMatching(/^Be brief\.\n\nAnswer with one JSON value.*\n\{"type":"object"/) as string,
      });
    }
  });

  it('is asked in words from the start where its config says so', async () => {
    const server = await serving([{ text: '{"text":"x"}' }]);
    for (const [, provider] of all(server)) await ask(provider, { structured: 'text', messages: [{ role: 'user', content: 'Hello' }] });
    expect(server.calls.map((call) => [call.schema, call.messages.map(({ role }) => role)])).toEqual(
      all(server).map(() => [null, ['system', 'user']]),
    );
  });

  it('is not asked again when it refuses something else, or refuses the words too', async () => {
    const other = await serving([
      { status: 400, body: { error: { message: 'temperature 0.2 is not supported', type: 'invalid_request_error' } } },
    ]);
    const never = await serving([refusal]);
    for (const [, provider] of all(other)) expect(await ask(provider)).toMatchObject({ outcome: 'invalid' });
    for (const [, provider] of all(never)) expect(await ask(provider)).toMatchObject({ outcome: 'invalid' });
    expect([other.calls.length, never.calls.length]).toEqual([3, 6]);
  });
});

it('images and PDFs go with the text in the form of each wire format', async () => {
  const server = await serving([{ text: 'x' }]);
  const parts = [
    { media_type: 'image/png', name: 'photo.png', data: 'aW1n' },
    { media_type: 'application/pdf', name: 'bill.pdf', data: 'cGRm' },
  ];
  const messages: CompletionRequest['messages'] = [{ role: 'user', content: 'What is this?', parts }];
  for (const [, provider] of all(server)) await ask(provider, { messages, schema: null });
  const text = 'What is this?';
  expect(server.calls.map((call) => (call.body['messages'] ?? call.body['input']) as unknown)).toEqual([
    [
      {
        role: 'user',
        content: [
          { type: 'text', text },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aW1n' } },
          { type: 'file', file: { filename: 'bill.pdf', file_data: 'data:application/pdf;base64,cGRm' } },
        ],
      },
    ],
    [
      {
        role: 'user',
        content: [
          { type: 'input_text', text },
          { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,aW1n' },
          { type: 'input_file', filename: 'bill.pdf', file_data: 'data:application/pdf;base64,cGRm' },
        ],
      },
    ],
    [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aW1n' } },
          { type: 'document', title: 'bill.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'cGRm' } },
          { type: 'text', text },
        ],
      },
    ],
  ]);
  expect(server.calls.map((call) => call.messages)).toEqual(all(server).map(() => [{ role: 'user', content: text }]));
});

it('a key and a prompt do not follow a redirect', async () => {
  const elsewhere = await serving([{ text: 'x' }]);
  const server = await serving((call) => ({
    status: 307,
    headers: { location: `${elsewhere.url}${call.dialect === 'messages' ? '/v1/messages' : '/v1/chat/completions'}` },
    body: '',
  }));
  for (const [dialect, provider] of all(server)) expect(await ask(provider), dialect).toMatchObject({ outcome: 'transport' });
  expect([server.calls.length, elsewhere.calls.length]).toEqual([3, 0]);
});
