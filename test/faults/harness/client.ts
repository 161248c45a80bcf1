import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ApiCall } from '../../stack/call-api.ts';
import type { FaultStack } from './stack.ts';

/** A client as a careful integrator writes it: one Idempotency-Key a request, sent again until somebody answers it. */
export interface Client {
  /** Start a run of `tickets`. Its id. `url`: of another server than the first. */
  start(question: string, options?: { url?: string }): Promise<string>;
  decide(review: PendingReview, decision: Record<string, unknown>, options?: { url?: string }): Promise<ApiAnswer>;
  /** Ids by Idempotency-Key: what was accepted. */
  accepted: Map<string, string>;
  /** Decisions that were answered 200, by review. */
  decided: Map<string, unknown>;
  /** Answers that contradict an earlier one to the same key. Must stay empty. */
  contradictions: string[];
  /** One call to the servers in turn; not repeated. */
  call(path: string, options?: ApiCall): Promise<ApiAnswer>;
  /** Requests sent, with the repeated ones. */
  sent: number;
}
export interface PendingReview {
  id: string;
  run_id: string;
  version: number;
  value: unknown;
}

/** Calls that came in somewhere, starts and decisions: it grows while the stack gets on. */
export const workDone =
  ({ model, desk, hooks }: FaultStack, { accepted, decided }: Client) =>
  (): number =>
    model.calls.length + desk.requests.length + hooks.requests.length + accepted.size + decided.size;

/** Gives up on a request after so long without an answer. */
const patienceMs = 600_000;

/** `urls`: servers of the stack; a request that one does not answer goes to the next. */
export function createClient(stack: FaultStack, urls: readonly string[] = [stack.url]): Client {
  const client: Client = {
    accepted: new Map(),
    decided: new Map(),
    contradictions: [],
    sent: 0,
    call: (path, options = {}) => stack.call(path, { ...options, url: next() }),
    async start(question, options = {}) {
      // A header of 64 KiB is answered 431. What is long differs before that.
      const key = `start ${question.slice(0, 120)}`;
      const answer = await send(key, '/v1/chains/tickets/runs', { input: { question } }, options.url);
      if (answer.status !== 202) throw new Error(`'${key}' was answered ${answer.status} ${JSON.stringify(answer.body)}`);
      const { id } = answer.body as { id: string };
      const known = client.accepted.get(key);
      if (known !== undefined && known !== id) client.contradictions.push(`${key}: ${known}, then ${id}`);
      client.accepted.set(key, id);
      return id;
    },
    async decide(review, decision, options = {}) {
      const key = `decide ${review.id} ${review.version}`;
      const answer = await send(key, `/v1/reviews/${review.id}/decision`, { version: review.version, ...decision }, options.url);
      if (answer.status === 200) {
        const known = client.decided.get(review.id);
        const now = JSON.stringify(answer.body.decision);
        if (known !== undefined && known !== now) client.contradictions.push(`${key}: ${String(known)}, then ${now}`);
        client.decided.set(review.id, now);
      }
      return answer;
    },
  };
  let turn = 0;
  const next = (): string => urls[(turn += 1) % urls.length] ?? stack.url;
  return client;

  async function send(key: string, path: string, body: unknown, url?: string): Promise<ApiAnswer> {
    for (const deadline = Date.now() + patienceMs; ;) {
      client.sent += 1;
      const answer = await stack.call(path, { body, headers: { 'idempotency-key': key }, url: url ?? next() }).catch((error: unknown) => {
        if (error instanceof TypeError || error instanceof SyntaxError) return null;
        throw error;
      });
      if (answer !== null && answer.status < 500 && answer.status !== 429) return answer;
      if (Date.now() > deadline)
        throw new Error(`${path} '${key}': no answer within ${patienceMs / 1000} s (${answer?.status ?? 'nobody there'})`);
      await sleep(answer === null ? 100 : Math.min(2_000, 1_000 * Number(answer.headers.get('retry-after') ?? 0.2)));
    }
  }
}
