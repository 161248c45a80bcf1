import type { Dialect, Scripted } from './provider-server.ts';

/** An error body as each provider writes it. OpenAI has a code beside the type. */
export const error =
  (status: number, type: string, more: { code?: string; message?: string; headers?: Record<string, string> } = {}) =>
  (dialect: Dialect): Scripted => ({
    status,
    ...(more.headers ? { headers: more.headers } : {}),
    body:
      dialect === 'messages'
        ? { type: 'error', error: { type: more.code ?? type, message: more.message ?? 'something' } }
        : { error: { message: more.message ?? 'something', type, param: null, code: more.code ?? null } },
  });
export const whole = '{"text":"Delivery costs €4.95 [1]."}';
export const claudeOnly = { chat: 'Anthropic alone says this', responses: 'Anthropic alone says this' };
export const chatOnly = { messages: 'Chat Completions alone says this', responses: 'Chat Completions alone says this' };
export const limited = (headers: Record<string, string>): ((dialect: Dialect) => Scripted) =>
  error(429, 'rate_limit_error', { code: 'rate_limit_exceeded', headers });
