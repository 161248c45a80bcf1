import { readFileSync } from 'node:fs';
import type { Review } from '../src/shapes/review.ts';
import { TrimtabError } from '../src/errors.ts';
import { api } from './client.ts';
import { mark, show, table } from './output.ts';

interface ListOptions { queue?: string; status?: string; json?: boolean }

export async function listReviews(options: ListOptions): Promise<void> {
  const page = await api<{ data: Review[] }>('/v1/reviews', { query: { queue: options.queue, status: options.status } });
  show(options, page, ({ data }) => (data.length === 0 ? 'No reviews. The queue is empty.' : table([
    ['REVIEW', 'STATUS', 'QUEUE', 'CHAIN', 'STEP', 'DUE'],
    ...data.map((review) => [review.id, review.status, review.queue, review.chain, review.step, review.due_at ?? '-']),
  ])));
}

interface DecideOptions { approve?: boolean; edit?: string; reject?: string; respond?: string; comment?: string; json?: boolean }

/** `trimtab decide <review> --approve | --edit FILE | --reject REASON | --respond TEXT`. */
export async function decide(id: string, options: DecideOptions): Promise<void> {
  const chosen = [options.approve, options.edit, options.reject, options.respond].filter((option) => option !== undefined);
  if (chosen.length !== 1) throw new TrimtabError('bad_request', 'say one of --approve, --edit FILE, --reject REASON, --respond TEXT');
  const review = await api<Review>(`/v1/reviews/${id}`);
  const body = {
    version: review.version,
    ...(options.approve ? { decision: 'approve' } : {}),
    ...(options.edit === undefined ? {} : { decision: 'edit', value: JSON.parse(readFileSync(options.edit === '-' ? 0 : options.edit, 'utf8')) as unknown }),
    ...(options.reject === undefined ? {} : { decision: 'reject', reason: options.reject }),
    ...(options.respond === undefined ? {} : { decision: 'respond', comment: options.respond }),
    ...(options.comment === undefined ? {} : { comment: options.comment }),
  };
  const decided = await api<Review>(`/v1/reviews/${id}/decision`, { method: 'POST', body });
  show(options, decided, (value) => `${value.id}  ${mark(value.status)}  ${value.decision?.decision ?? ''} by ${value.decision?.by ?? ''}`);
}
