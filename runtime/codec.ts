import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { TrimtabError } from '../src/errors.ts';
import type { Database } from '../src/store/database.ts';
import { getText, putText } from '../src/store/texts.ts';

/** Larger payloads live in Postgres (C10): Temporal stops one at 2 MiB and keeps every copy in the history. */
const inlineLimit = 16 * 1024;
const cacheBytes = 64 * 1024 * 1024;
const encoding = 'binary/trimtab-text';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | null | undefined): string => new TextDecoder().decode(data ?? undefined);

/**
 * Keeps payloads over 16 KiB in Postgres under their run and sends their hash instead, unseen by chains. Not the SDK's
 * ExternalStorage, which is experimental in 1.24: a codec is stable and is all that is needed.
 */
export function textCodec(db: Database): PayloadCodec {
  const cache = new LRUCache<string, Uint8Array>({ maxSize: cacheBytes, sizeCalculation: (body) => body.byteLength + 1 });
  return {
    async encode(payloads, context) {
      const run_id = context?.workflowId;
      if (!run_id) return payloads;
      return Promise.all(payloads.map((payload) => ((payload.data?.byteLength ?? 0) <= inlineLimit ? payload : offload(payload, run_id))));
    },
    decode: (payloads) =>
      Promise.all(payloads.map((payload) => (text(payload.metadata?.['encoding']) === encoding ? load(payload) : payload))),
  };

  async function offload(payload: Payload, run_id: string): Promise<Payload> {
    const body = Buffer.from(payload.data ?? new Uint8Array());
    const hash = createHash('sha256').update(body).digest('hex');
    const key = `${run_id}/${hash}`;
    if (!cache.has(key)) await putText(db, { run_id, hash, body });
    cache.set(key, body);
    return { metadata: { encoding: bytes(encoding), inner: payload.metadata?.['encoding'] ?? bytes('json/plain') }, data: bytes(key) };
  }

  async function load(payload: Payload): Promise<Payload> {
    const key = text(payload.data);
    const [run_id = '', hash = ''] = key.split('/');
    const body = cache.get(key) ?? (await getText(db, run_id, hash));
    if (!body) throw new TrimtabError('not_found', `text ${hash} of run ${run_id} is gone: the run was deleted`);
    cache.set(key, body);
    return { metadata: { encoding: payload.metadata?.['inner'] ?? bytes('json/plain') }, data: body };
  }
}
