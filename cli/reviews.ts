import type { Review } from '../src/shapes/review.ts';
import type { Run } from '../src/shapes/run.ts';
import { api } from './client.ts';
import { readJson } from './json-input.ts';
import { mark, show, table } from './output.ts';
import { WrongUsage } from './wrong-usage.ts';

interface ListOptions {
  queue?: string;
  status?: string;
  json?: boolean;
}

export async function listReviews(options: ListOptions): Promise<void> {
  const page = await api<{ data: Review[] }>('/v1/reviews', { query: { queue: options.queue, status: options.status } });
  show(options, page, ({ data }) =>
    data.length === 0
      ? 'No reviews. The queue is empty.'
      : table([
          ['REVIEW', 'STATUS', 'QUEUE', 'CHAIN', 'STEP', 'DUE'],
          ...data.map((review) => [review.id, review.status, review.queue, review.chain, review.step, review.due_at ?? '-']),
        ]),
  );
}

interface DecideOptions {
  approve?: boolean;
  edit?: string;
  reject?: string;
  respond?: string;
  comment?: string;
  json?: boolean;
}

/** Somebody gave a run: which review they meant. */
async function wantedAReview(run: string): Promise<WrongUsage> {
  const { review_id } = await api<Run>(`/v1/runs/${encodeURIComponent(run)}`);
  const meant = review_id === null ? 'it waits for nobody; trimtab reviews lists what waits' : `the review it waits for is ${review_id}`;
  return new WrongUsage(`${run} is a run; ${meant}`);
}

/** `trimtab decide <review> --approve | --edit FILE | --reject REASON | --respond TEXT`. */
export async function decide(id: string, options: DecideOptions): Promise<void> {
  const chosen = [options.approve, options.edit, options.reject, options.respond].filter((option) => option !== undefined);
  if (chosen.length !== 1) throw new WrongUsage('say one of --approve, --edit FILE, --reject REASON, --respond TEXT');
  if (id.startsWith('run_')) throw await wantedAReview(id);
  const path = `/v1/reviews/${encodeURIComponent(id)}`;
  const edited = options.edit === undefined ? {} : { decision: 'edit', value: readJson(options.edit) };
  const review = await api<Review>(path);
  const body = {
    version: review.version,
    ...(options.approve ? { decision: 'approve' } : {}),
    ...edited,
    ...(options.reject === undefined ? {} : { decision: 'reject', reason: options.reject }),
    ...(options.respond === undefined ? {} : { decision: 'respond', comment: options.respond }),
    ...(options.comment === undefined ? {} : { comment: options.comment }),
  };
  const decided = await api<Review>(`${path}/decision`, { method: 'POST', body });
  show(options, decided, (value) => `${value.id}  ${mark(value.status)}  ${value.decision?.decision ?? ''} by ${value.decision?.by ?? ''}`);
}
