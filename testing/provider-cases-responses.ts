import type { ConformanceCase } from './provider-cases.ts';
import { whole } from './provider-case-parts.ts';

const not_for = { chat: 'a form of the Responses API', messages: 'a form of the Responses API' };
const event = (type: string, part: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...part })}\n\n`;
const failed = (error: { code: string; message: string } | null): string =>
  event('response.failed', { response: { id: 'resp_1', model: 'm', status: 'failed', error, output: [] } });
const ended = (status: string, more: object = {}): string =>
  event(`response.${status}`, { response: { id: 'resp_1', model: 'm', status, error: null, output: [], ...more } });
const item = (output_index: number, phase: string | null): string =>
  event('response.output_item.added', { output_index, item: { type: 'message', id: `msg_${output_index}`, phase } });
const words = (output_index: number, delta: string): string =>
  event('response.output_text.delta', { output_index, content_index: 0, item_id: `msg_${output_index}`, delta });

/** What only the Responses API can say. */
export const responsesOnly: readonly ConformanceCase[] = [
  { says: 'a response that failed', script: { raw: failed({ code: 'server_error', message: 'oops' }) }, outcome: 'transport', not_for },
  {
    says: 'a response that failed at a full minute',
    script: { raw: failed({ code: 'rate_limit_exceeded', message: 'slow down' }) },
    outcome: 'rate_limited',
    not_for,
  },
  {
    says: 'a response that failed at its prompt',
    script: { raw: failed({ code: 'invalid_prompt', message: 'not that' }) },
    outcome: 'filtered',
    not_for,
  },
  {
    says: 'a response that failed at an image',
    script: { raw: failed({ code: 'image_too_large', message: 'the image is too large' }) },
    outcome: 'invalid',
    not_for,
  },
  { says: 'a response that failed without a reason', script: { raw: failed(null) }, outcome: 'transport', not_for },
  {
    says: 'a response that was withdrawn',
    script: { raw: words(0, 'half') + ended('incomplete', { incomplete_details: null }) },
    outcome: 'transport',
    text: 'half',
    not_for,
  },
  {
    says: 'a comment on the way, which is no answer',
    script: { raw: item(0, 'commentary') + words(0, 'Let me look.') + item(1, 'final_answer') + words(1, whole) + ended('completed') },
    outcome: 'answer',
    text: whole,
    not_for,
  },
  {
    says: 'a stream that never says it is done',
    script: { raw: item(0, null) + words(0, whole) },
    outcome: 'transport',
    text: whole,
    not_for,
  },
];
