import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guardCall } from '../../src/providers/guarded-fetch.ts';

/** A provider in a thread of its own: it goes on while this one stands still. `/late` answers after 100 ms, `/never` says one word and nothing more. */
const provider = `
  import { createServer } from 'node:http';
  import { parentPort } from 'node:worker_threads';
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: one\\n\\n');
    if (request.url === '/late') setTimeout(() => response.end('data: two\\n\\n'), 100);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;
let thread: Worker;
let url = '';
beforeAll(async () => {
  thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(provider)}`));
  const [port] = (await once(thread, 'message')) as [number];
  url = `http://127.0.0.1:${port}`;
});
afterAll(async () => void (await thread.terminate()));

/** Nothing in this thread runs meanwhile: what SIGSTOP does to a process. */
const standStill = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

async function call(path: string, meanwhile: () => void) {
  const guard = guardCall({ fetch, signal: new AbortController().signal, idle_ms: 300 });
  try {
    const response = await guard.fetch(`${url}${path}`, { signal: guard.signal });
    const chunks = (response.body as unknown as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    let text = Buffer.from((await chunks.next()).value).toString();
    meanwhile();
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) text += Buffer.from(next.value).toString();
    return { text, fault: guard.fault()?.message ?? null };
  } catch {
    return { text: null, fault: guard.fault()?.message ?? null };
  } finally {
    guard.release();
  }
}

it('reads what came while the process stood still, before it takes the silence for a fault', async () => {
  expect(await call('/late', () => standStill(900))).toEqual({ text: 'data: one\n\ndata: two\n\n', fault: null });
});

it('takes silence for a fault when nothing came', async () => {
  expect(await call('/never', () => undefined)).toEqual({ text: null, fault: 'no byte for 0.3 s; `timeout` of a model gives it longer' });
});
