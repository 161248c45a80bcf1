import assert from 'node:assert/strict';
import type { CompletionRequest, Provider } from '../src/providers/provider.ts';
import type { OutcomeKind } from '../src/shapes/outcome.ts';
import { conformanceCases, type ConformanceCase } from './provider-cases.ts';
import { startProviderServer, type Dialect } from './provider-server.ts';

/** `describe` and `it` of the test runner that is used. */
export interface Suite {
  describe(name: string, body: () => void): void;
  it: { (name: string, body: () => Promise<void>): void; skip(name: string, body: () => Promise<void>): void };
}
export interface ConformanceOptions {
  /** The wire format that the provider speaks. */
  dialect: Dialect;
  /** The provider, pointed at a server of ours. */
  make(at: { url: string; openai_url: string; api_key: string }): Provider;
}

/** A key that must never be seen in a message. */
const secret = 'sk-conformance-0123456789abcdef';
export const conformanceRequest: CompletionRequest = {
  model: 'model-1',
  temperature: 0.2,
  max_output_tokens: 200,
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'What does delivery cost?' },
  ],
  schema: { name: 'reply', json_schema: { type: 'object', properties: { text: { type: 'string', maxLength: 100 } }, required: ['text'] } },
};

/** With two tools, and what was said with them before. */
export const conformanceTalk: CompletionRequest = {
  ...conformanceRequest,
  messages: [
    ...conformanceRequest.messages,
    {
      role: 'assistant',
      content: 'I look it up.',
      calls: [
        { id: 'call_1_1', name: 'order_status', arguments: { id: 'A-1' } },
        { id: 'call_1_2', name: 'search', arguments: {} },
      ],
    },
    {
      role: 'user',
      content: '',
      results: [
        { id: 'call_1_1', name: 'order_status', content: 'sent', is_error: false },
        { id: 'call_1_2', name: 'search', content: 'the arguments do not fit', is_error: true },
      ],
    },
  ],
  tools: {
    answers: false,
    offers: [
      {
        name: 'order_status',
        description: 'Where an order is.',
        json_schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      },
      {
        name: 'search',
        description: 'Search the handbook.',
        json_schema: { type: 'object', properties: { query: { type: 'string', minLength: 1 } }, required: ['query'] },
      },
    ],
  },
};

/** Every scripted answer gets the outcome that the table in outcomes.ts promises, whichever provider gives it. */
export function providerConformance(name: string, options: ConformanceOptions, { describe, it }: Suite): void {
  describe(`${name} maps what a provider says to an outcome`, () => {
    for (const one of conformanceCases) {
      const reason = one.not_for?.[options.dialect];
      if (reason !== undefined) it.skip(`${one.says} (${reason})`, async () => undefined);
      else it(`${one.says} -> ${one.outcome}`, () => holds(one, options));
    }
  });
  describe(`${name} as a caller relies on it`, () => {
    it('asks once, in its own wire format, with the key, the call id and a closed schema', () => asksRight(options));
    it('offers tools, tells what calls gave, and asks for the answer in its form all the same', () => offersTools(options));
    it('forbids further calls in the turn that must answer', () => forbidsCalls(options));
    it('closes the socket before the first byte when the call is cancelled', () => closesSocket(options, 'hold'));
    it('closes the socket in the middle of the stream when the call is cancelled', () => closesSocket(options, 'hold_midway'));
    it('does not ask at all when the call is cancelled before', () => asksNothing(options));
    it('tells of progress while bytes arrive', () => tellsProgress(options));
  });
}

async function holds(one: ConformanceCase, options: ConformanceOptions): Promise<void> {
  const server = await startProviderServer([typeof one.script === 'function' ? one.script(options.dialect) : one.script]);
  try {
    const provider = options.make({ ...server, api_key: secret });
    const asked: CompletionRequest = one.tools
      ? { ...conformanceRequest, tools: { offers: conformanceTalk.tools?.offers ?? [], answers: one.tools === 'answers' } }
      : conformanceRequest;
    const completion = await provider.complete(asked, { signal: new AbortController().signal, ...one.options });
    const outcome: OutcomeKind | 'answer' | 'calls' = completion.type === 'nothing' ? completion.outcome : completion.type;
    assert.equal(outcome, one.outcome, completion.type === 'nothing' ? completion.message : completion.text);
    assert.equal(server.calls.length, 1, 'asked more than once');
    if (one.text !== undefined) assert.equal(completion.text, one.text);
    if (one.usage !== undefined) assert.deepEqual(completion.usage, one.usage);
    if (one.calls !== undefined) assert.deepEqual(completion.type === 'calls' && completion.calls, one.calls);
    if (completion.type !== 'nothing') return;
    assert.ok(completion.message.length > 10 && completion.message.length <= 300, completion.message);
    assert.ok(completion.message.startsWith(provider.name) || completion.message.includes(provider.name), completion.message);
    assert.ok(!JSON.stringify(completion).includes(secret), 'the key is in the message');
    assert.equal(completion.retry_after_ms, one.retry_after_ms ?? null);
    if (one.message) assert.match(completion.message, one.message);
  } finally {
    await server.stop();
  }
}

async function asksRight(options: ConformanceOptions): Promise<void> {
  const server = await startProviderServer([{ text: '{"text":"€4.95"}' }]);
  try {
    await options
      .make({ ...server, api_key: secret })
      .complete(conformanceRequest, { signal: new AbortController().signal, call_id: 'run_1/draft/1/1/draft' });
    const call = server.calls[0];
    assert.equal(server.calls.length, 1);
    assert.equal(call?.dialect, options.dialect);
    assert.equal(call.headers['x-trimtab-call'], 'run_1/draft/1/1/draft');
    assert.equal(call.headers.authorization ?? `Bearer ${String(call.headers['x-api-key'])}`, `Bearer ${secret}`);
    assert.equal(call.body['stream'], true);
    assert.deepEqual(call.messages, conformanceRequest.messages);
    assert.deepEqual(call.schema, {
      type: 'object',
      properties: { text: { type: 'string', description: '(maxLength: 100)' } },
      required: ['text'],
      additionalProperties: false,
    });
  } finally {
    await server.stop();
  }
}

async function offersTools(options: ConformanceOptions): Promise<void> {
  const server = await startProviderServer([{ text: '{"text":"€4.95"}' }]);
  try {
    const completion = await options
      .make({ ...server, api_key: secret })
      .complete(conformanceTalk, { signal: new AbortController().signal });
    assert.equal(completion.type, 'answer');
    const call = server.calls[0];
    assert.deepEqual(
      call?.tools.map(({ name, description }) => [name, description]),
      [
        ['order_status', 'Where an order is.'],
        ['search', 'Search the handbook.'],
      ],
    );
    assert.deepEqual(call.tools[1]?.schema, {
      type: 'object',
      properties: { query: { type: 'string', description: '(minLength: 1)' } },
      required: ['query'],
      additionalProperties: false,
    });
    assert.equal(call.may_call, 'auto');
    assert.ok(call.schema, 'the answer is asked for in its form');
    assert.deepEqual(call.talk, [
      { call: 'call_1_1', name: 'order_status', arguments: { id: 'A-1' } },
      { call: 'call_1_2', name: 'search', arguments: {} },
      { result: 'call_1_1', content: 'sent', is_error: false },
      { result: 'call_1_2', content: 'the arguments do not fit', is_error: true },
    ]);
    assert.ok(call.messages.some(({ role, content }) => role === 'assistant' && content === 'I look it up.'));
  } finally {
    await server.stop();
  }
}

async function forbidsCalls(options: ConformanceOptions): Promise<void> {
  const server = await startProviderServer([{ text: '{"text":"€4.95"}' }]);
  try {
    const asked = { ...conformanceTalk, tools: { offers: conformanceTalk.tools?.offers ?? [], answers: true } };
    await options.make({ ...server, api_key: secret }).complete(asked, { signal: new AbortController().signal });
    assert.equal(server.calls[0]?.may_call, 'none');
  } finally {
    await server.stop();
  }
}

async function closesSocket(options: ConformanceOptions, when: 'hold' | 'hold_midway'): Promise<void> {
  const server = await startProviderServer([{ text: 'a long answer that never ends', [when]: new Promise(() => undefined) }]);
  try {
    const caller = new AbortController();
    let bytes: () => void = () => undefined;
    const streaming = new Promise<void>((tell) => {
      bytes = tell;
    });
    const asked = options.make({ ...server, api_key: secret }).complete(conformanceRequest, { signal: caller.signal, onProgress: bytes });
    const call = await server.arrived(1);
    if (when === 'hold_midway') await streaming;
    caller.abort();
    const completion = await asked;
    assert.equal(completion.type === 'nothing' && completion.outcome, 'cancelled');
    await call.closed;
    assert.equal(call.answered, false);
  } finally {
    await server.stop();
  }
}

async function asksNothing(options: ConformanceOptions): Promise<void> {
  const server = await startProviderServer([{ text: 'x' }]);
  try {
    const completion = await options.make({ ...server, api_key: secret }).complete(conformanceRequest, { signal: AbortSignal.abort() });
    assert.equal(completion.type === 'nothing' && completion.outcome, 'cancelled');
    assert.equal(server.calls.length, 0);
  } finally {
    await server.stop();
  }
}

async function tellsProgress(options: ConformanceOptions): Promise<void> {
  let go: () => void = () => undefined;
  const server = await startProviderServer([
    {
      text: 'a piece and another piece and one more',
      hold_midway: new Promise<void>((tell) => {
        go = tell;
      }),
    },
  ]);
  try {
    let told = 0;
    const completion = await options.make({ ...server, api_key: secret }).complete(conformanceRequest, {
      signal: new AbortController().signal,
      onProgress: () => {
        told += 1;
        go();
      },
    });
    assert.equal(completion.text, 'a piece and another piece and one more');
    assert.ok(told >= 2, `told ${told} times`);
  } finally {
    await server.stop();
  }
}
