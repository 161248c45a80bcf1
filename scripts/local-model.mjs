/**
 * A small model behind OpenAI's Chat Completions, to try trimtab on by hand (docs/real-model.md). Nothing here depends on it:
 * `node scripts/local-model.mjs node_modules/node-llama-cpp/dist/index.js model.gguf [port] [context]`, where node-llama-cpp was
 * installed. One thread, one answer at a time; who comes meanwhile waits without a byte. JSON by grammar; prompts in ChatML.
 */
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

const [library = '', modelPath = '', port = '8090', contextSize = '4096'] = process.argv.slice(2);
const { getLlama, LlamaGrammarEvaluationState } = await import(resolve(library));
const llama = await getLlama({ gpu: false, maxThreads: 1, build: 'never' });
const model = await llama.loadModel({ modelPath: resolve(modelPath) });
const context = await model.createContext({ contextSize: Number(contextSize), threads: 1, batchSize: 128 });
const sequence = context.getSequence();
/** What a JSON grammar of node-llama-cpp allows without end after the JSON. */
const blank = '\n'.repeat(4);

const promptOf = (messages) =>
  `${messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('')}<|im_start|>assistant\n`;

/** JSON schema as node-llama-cpp reads it. */
function grammarSchema(node) {
  if (Array.isArray(node)) return node.map(grammarSchema);
  if (typeof node !== 'object' || node === null) return node;
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties') out[key] = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, grammarSchema(part)]));
    else if (key !== 'description' && key !== 'required') out[key === 'anyOf' ? 'oneOf' : key] = grammarSchema(value);
  }
  if (out.const !== undefined || out.enum !== undefined) delete out.type;
  return out;
}

async function grammarState(schema) {
  if (!schema) return {};
  const grammar = await llama.createGrammarForJsonSchema(grammarSchema(schema));
  return { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) };
}

/** Keep what the prompt shares with the one before; at least one token is read anew. */
async function rewind(tokens) {
  const before = sequence.contextTokens;
  const most = Math.min(before.length, tokens.length - 1);
  const differs = before.slice(0, most).findIndex((token, index) => token !== tokens[index]);
  const shared = differs === -1 ? most : differs;
  if (shared < sequence.nextTokenIndex) await sequence.eraseContextTokenRanges([{ start: shared, end: sequence.nextTokenIndex }]);
  return sequence.nextTokenIndex;
}

/** Tokens as they come: `say` hears each piece of the text. Returns the whole text, the reason of its end and the count. */
async function write(body, { tokens, cached, signal, say }) {
  const most = Math.min(body.max_tokens ?? body.max_completion_tokens ?? 512, context.contextSize - tokens.length - 2);
  const options = { temperature: body.temperature ?? 0.8, topP: 0.95, ...(await grammarState(body.response_format?.json_schema?.schema)) };
  const out = [];
  let text = '';
  for await (const token of sequence.evaluate(tokens.slice(cached), options)) {
    if (signal.aborted) return { text, finish: 'aborted', count: out.length };
    out.push(token);
    const whole = model.detokenize(out);
    // Half a character is not told.
    if (!whole.endsWith('\uFFFD')) {
      say(whole.slice(text.length));
      text = whole;
    }
    if (options.grammarEvaluationState && whole.endsWith(blank)) break;
    if (out.length >= most) return { text, finish: 'length', count: out.length };
    await breathe();
  }
  return { text, finish: 'stop', count: out.length };
}

const json = (response, status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function answer(body, response, signal) {
  const tokens = model.tokenize(promptOf(body.messages), true);
  if (tokens.length >= context.contextSize - 4) {
    // In llama.cpp's own words.
    const message = 'the request exceeds the available context size, try increasing it';
    json(response, 400, { error: { code: 400, message, type: 'exceed_context_size_error', n_prompt_tokens: tokens.length } });
    return 'too long';
  }
  const cached = await rewind(tokens);
  const head = { id: 'chatcmpl-1', created: Math.floor(Date.now() / 1000), model: body.model };
  const send = (part) => response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...part })}\n\n`);
  const delta = (part, finish_reason = null) => send({ choices: [{ index: 0, delta: part, finish_reason, logprobs: null }] });
  const say = (content) => {
    if (!body.stream) return;
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    delta({ role: 'assistant', content });
  };
  const { text, finish, count } = await write(body, { tokens, cached, signal, say });
  const said = `${finish}, ${tokens.length} tokens in (${cached} kept), ${count} out`;
  if (finish === 'aborted') return said;
  const usage = {
    prompt_tokens: tokens.length,
    completion_tokens: count,
    total_tokens: tokens.length + count,
    prompt_tokens_details: { cached_tokens: cached },
  };
  if (body.stream) {
    say('');
    delta({}, finish);
    if (body.stream_options?.include_usage) send({ choices: [], usage });
    response.end('data: [DONE]\n\n');
  } else {
    const message = { role: 'assistant', content: text, refusal: null };
    json(response, 200, {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finish, logprobs: null }],
      usage,
    });
  }
  return said;
}

let last = Promise.resolve();
async function inTurn(request, response) {
  const came = Date.now();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const turn = last;
  let over;
  last = new Promise((tell) => {
    over = tell;
  });
  try {
    const parts = [];
    for await (const part of request) parts.push(part);
    await turn;
    const began = Date.now();
    const said = gone.signal.aborted ? 'left while it waited' : await answer(JSON.parse(Buffer.concat(parts)), response, gone.signal);
    console.log(
      `${new Date().toISOString()} ${request.headers['x-trimtab-call'] ?? ''} ${said}; waited ${began - came} ms, took ${Date.now() - began} ms`,
    );
  } finally {
    over();
  }
}

const server = createServer((request, response) => {
  if (!request.url?.startsWith('/v1/chat/completions')) {
    json(response, 404, { error: { message: 'no such route' } });
    return;
  }
  inTurn(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/v1, ${context.contextSize} tokens of context`));
