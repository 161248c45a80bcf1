import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProviderServer, type ProviderServer, type Scripted } from '../../testing/provider-server.ts';

/** Played by the name of the model. */
const script: Record<string, Scripted> = {
  text: { text: 'Shipping costs €4 [1].', usage: { input_tokens: 100, output_tokens: 20, cached_tokens: 10 } },
  calls: { calls: ['A-1', 'A-2'].map((order) => ({ name: 'look', arguments: { order } })) },
  refusal: { refusal: 'I cannot help with that.' },
  length: { text: 'half of', finish: 'length' },
};
const question = [{ role: 'user' as const, content: 'What does shipping cost?' }];

/** The SDKs' own helpers put an answer together from all of its events, which our providers do not need to. */
describe('the double of a provider, heard by the whole of an SDK', () => {
  let server: ProviderServer;
  let openai: OpenAI;
  let claude: Anthropic;
  beforeAll(async () => {
    server = await startProviderServer(({ model }) => script[model] ?? {});
    openai = new OpenAI({ apiKey: 'k', baseURL: server.openai_url, maxRetries: 0 });
    claude = new Anthropic({ apiKey: 'k', baseURL: server.url, maxRetries: 0 });
  });
  afterAll(() => server.stop());

  it('streams a response that has its items, its parts and its text at the end', async () => {
    const response = await openai.responses.stream({ model: 'text', input: 'What does shipping cost?' }).finalResponse();
    expect(response).toMatchObject({ status: 'completed', output_text: 'Shipping costs €4 [1].', usage: { total_tokens: 120 } });
    const called = await openai.responses.stream({ model: 'calls', input: question }).finalResponse();
    expect(called.output.slice(1)).toMatchObject([
      { type: 'function_call', call_id: 'call_0', name: 'look', arguments: '{"order":"A-1"}' },
      { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"order":"A-2"}' },
    ]);
    const refused = await openai.responses.stream({ model: 'refusal', input: question }).finalResponse();
    expect(refused.output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'I cannot help with that.' }] }]);
  });

  it('numbers the events of a response', async () => {
    const numbers: number[] = [];
    for await (const event of await openai.responses.create({ model: 'text', input: question, stream: true }))
      numbers.push(event.sequence_number);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  it('answers whole where no stream is asked for', async () => {
    const chat = await openai.chat.completions.create({ model: 'text', messages: question });
    expect(chat.choices).toMatchObject([{ message: { content: 'Shipping costs €4 [1].' }, finish_reason: 'stop' }]);
    expect(chat.usage).toMatchObject({ total_tokens: 120, prompt_tokens_details: { cached_tokens: 10 } });
    const tools = await openai.chat.completions.create({ model: 'calls', messages: question });
    expect(tools.choices).toMatchObject([{ message: { tool_calls: [{ function: { name: 'look' } }, {}] }, finish_reason: 'tool_calls' }]);
    const response = await openai.responses.create({ model: 'length', input: question });
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output_text: 'half of' });
    const message = await claude.messages.create({ model: 'text', max_tokens: 100, messages: question });
    expect(message).toMatchObject({
      content: [{ type: 'text', text: 'Shipping costs €4 [1].' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 90, cache_read_input_tokens: 10, output_tokens: 20 },
    });
  });
});
