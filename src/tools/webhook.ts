import { Webhook } from 'standardwebhooks';
import { TrimtabError, messageOf } from '../errors.ts';
import type { Effect, EffectContext } from '../define/step.ts';
import { boundedText } from './bounded-text.ts';

/** Where it goes and what signs it: `url`, or the variable that holds it; `secret_env` names the variable with the secret (`whsec_…`). */
export type WebhookOptions = ({ url: string; url_env?: never } | { url_env: string; url?: never }) & { secret_env: string };

const timeoutMs = 20_000;
const mostBytes = 1024 * 1024;

const failed = (message: string, cause?: unknown): TrimtabError =>
  new TrimtabError('effect_failed', `webhook: ${message}`, cause === undefined ? {} : { cause });

function settingsOf(options: WebhookOptions, { services }: EffectContext): { url: URL; signer: Webhook } {
  const address = options.url ?? services.secret(options.url_env);
  if (!address) throw failed(`no address; set ${options.url_env}`);
  const secret = services.secret(options.secret_env);
  if (!secret) throw failed(`no secret to sign with; set ${options.secret_env}`);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw failed(`${options.url_env ?? 'url'} is no http(s) address`);
  try {
    return { url, signer: new Webhook(secret) };
  } catch (error) {
    throw failed(`${options.secret_env} is no Standard Webhooks secret; it is base64, with or without the prefix whsec_`, error);
  }
}

function parsed(text: string, host: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failed(`${host} answered with something that is not JSON`, error);
  }
}

/**
 * The headers that sign a request as Standard Webhooks say: `webhook-id`, `webhook-timestamp`, `webhook-signature`. `id`: the
 * effect's key. `secret`: base64, with or without `whsec_`. Throws when it is none.
 */
export function signedHeaders(
  body: string,
  { id, secret, now = new Date() }: { id: string; secret: string; now?: Date },
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
}

/** A receiver that knows the key may answer 409 with `{"status": "already_done", "output": …}`: the effect is done. */
function alreadyDone(text: string): { output: unknown } | null {
  try {
    const body = JSON.parse(text) as { status?: unknown; code?: unknown; output?: unknown } | null;
    const done = body?.status === 'already_done' || body?.code === 'already_done';
    return done ? { output: body.output === undefined ? body : body.output } : null;
  } catch {
    return null;
  }
}

/**
 * An effect for `act`: POST the step's input as JSON, signed as Standard Webhooks say, with the effect's key as `webhook-id`
 * and `Idempotency-Key`. It may arrive more than once: a receiver that honours the key does it once. A 2xx answer's JSON is
 * the step's output (null when empty); a 409 that says `already_done` counts as done. Throws `effect_failed` otherwise.
 */
export function webhook<I, O>(options: WebhookOptions): Effect<I, O> {
  return async (input, context) => {
    const { url, signer } = settingsOf(options, context);
    const body = JSON.stringify({ type: `effect.${context.step}`, run_id: context.run_id, data: input });
    const now = new Date();
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': context.key,
      'webhook-id': context.key,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signer.sign(context.key, now, body),
    };
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)]);
    let status: number;
    let text: string;
    try {
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      status = response.status;
      text = await boundedText(response, mostBytes);
    } catch (error) {
      throw failed(`${url.host} did not answer: ${messageOf(error)}`, error);
    }
    if (status >= 200 && status < 300) return parsed(text, url.host) as O;
    const done = status === 409 ? alreadyDone(text) : null;
    if (done) return done.output as O;
    throw failed(`${url.host} answered HTTP ${status}`);
  };
}
