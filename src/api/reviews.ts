import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { TrimtabError } from '../errors.ts';
import { DecisionKind } from '../shapes/decision.ts';
import { Review, ReviewStatus } from '../shapes/review.ts';
import { Step } from '../shapes/step.ts';
import { decide } from '../store/decisions.ts';
import { newId } from '../store/ids.ts';
import { once } from '../store/idempotency.ts';
import { claimReview, countQueues, listReviews, releaseReview, saveReviewValue } from '../store/review-queue.ts';
import { refusalOf } from '../store/review-refusal.ts';
import { getReview } from '../store/reviews.ts';
import { listSteps } from '../store/steps.ts';
import { again } from '../store/transact.ts';
import { bodyOf, queryOf } from './body.ts';
import type { Actor, ApiDependencies, ApiEnv, ChainFacts } from './deps.ts';
import { misfit } from './problem.ts';
import { cursor, limit, page, route, type Api } from './route.ts';

const tag = 'reviews';
const ReviewQuery = z.strictObject({
  queue: z.string().optional(),
  status: ReviewStatus.optional(),
  assignee: z.string().optional(),
  run_id: z.string().optional(),
  limit,
  cursor,
});
const Decide = z.strictObject({
  decision: DecisionKind,
  version: z.number().int().positive(),
  value: z.unknown().optional(),
  reason: z.string().trim().max(5_000).optional(),
  comment: z.string().trim().max(5_000).optional(),
});
const Save = z.strictObject({ version: z.number().int().positive(), value: z.unknown() });
const QueueCount = z.object({ queue: z.string(), pending: z.number().int(), overdue: z.number().int() });
const ReviewWithRun = Review.extend({ steps: z.array(Step) });

export function reviewRoutes(api: Api, deps: ApiDependencies): void {
  const { db } = deps;
  route(
    api,
    {
      method: 'get',
      path: '/v1/reviews',
      summary: 'The queue: pending first, by due time',
      scope: 'runs:read',
      tag,
      query: ReviewQuery,
      answer: page(Review),
    },
    async (context) => context.json(await listReviews(db, queryOf(context, ReviewQuery))),
  );
  route(
    api,
    {
      method: 'get',
      path: '/v1/queues',
      summary: 'The queues in which something waits, with how much',
      scope: 'runs:read',
      tag,
      answer: z.object({ data: z.array(QueueCount), next_cursor: z.null() }),
    },
    async (context) => context.json({ data: await countQueues(db), next_cursor: null }),
  );
  route(
    api,
    {
      method: 'get',
      path: '/v1/reviews/{id}',
      summary: 'One review, with the attempts that led to it',
      scope: 'runs:read',
      tag,
      answer: ReviewWithRun,
    },
    async (context) => {
      const review = await existing(deps, context);
      return context.json({ ...review, steps: await listSteps(db, review.run_id) });
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/v1/reviews/{id}/claim',
      summary: 'Take it for ten minutes',
      scope: 'reviews:decide',
      tag,
      answer: Review,
      conflicts: true,
    },
    async (context, actor) => context.json(await claimReview(db, (await existing(deps, context)).id, actor)),
  );
  route(
    api,
    { method: 'post', path: '/v1/reviews/{id}/release', summary: 'Give it back', scope: 'reviews:decide', tag, answer: Review },
    async (context, actor) => context.json(await releaseReview(db, (await existing(deps, context)).id, actor)),
  );
  route(
    api,
    {
      method: 'put',
      path: '/v1/reviews/{id}/value',
      summary: 'Save a change without deciding',
      scope: 'reviews:decide',
      tag,
      body: Save,
      answer: Review,
      conflicts: true,
      idempotent: true,
    },
    async (context, actor) => {
      const review = await existing(deps, context);
      const change = await bodyOf(context, Save);
      checkValue(deps, review, change.value);
      const asked = { owner: actor.id, key: context.req.header('idempotency-key'), path: context.req.path, body: change };
      const saved = await once(db, asked, async (tx) => ({
        status: 200,
        body: await saveReviewValue(tx, review.id, { ...change, by: actor }),
      }));
      return context.json(saved.body as Review);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/v1/reviews/{id}/decision',
      summary: 'Approve, edit, reject or respond',
      scope: 'reviews:decide',
      tag,
      body: Decide,
      answer: Review,
      idempotent: true,
    },
    (context, actor) => decideRoute(context, { deps, actor }),
  );
}

async function existing({ db }: ApiDependencies, context: Context<ApiEnv>): Promise<Review> {
  const id = context.req.param('id') ?? '';
  const review = await again(() => getReview(db, id), { repeatable: true });
  if (!review) throw new TrimtabError('not_found', `there is no review ${id}`);
  context.set('run_id', review.run_id);
  return review;
}

async function decideRoute(context: Context<ApiEnv>, { deps, actor }: { deps: ApiDependencies; actor: Actor }): Promise<Response> {
  const review = await existing(deps, context);
  const request = await bodyOf(context, Decide);
  const { version } = request;
  // Values and their schema are looked at here, so the review must be the one that the person saw; the compare-and-swap holds it to that.
  if (review.status === 'pending' && review.version !== version) throw refusalOf(review, { version, by: actor });
  // Approving a text that was changed and saved is an edit: what stands is not what was proposed.
  const changed = request.decision === 'approve' && JSON.stringify(review.value) !== JSON.stringify(review.original);
  const decision = changed ? 'edit' : request.decision;
  if (decision === 'reject' && !request.reason) throw refusal('/reason', 'say why it goes back: the next draft is told');
  if (decision === 'respond' && !request.comment) throw refusal('/comment', 'say what the next draft should do');
  if (request.decision === 'edit' && !('value' in request)) throw refusal('/value', 'an edit needs the value that stands instead');
  const value = request.decision === 'edit' ? request.value : review.value;
  if (review.status === 'pending' && request.decision === 'edit') checkValue(deps, review, value);
  if (review.status === 'pending' && request.decision === 'approve') checkProposal(deps, review);
  const deciding = {
    id: newId('dec'),
    version,
    decision,
    value: value ?? null,
    reason: request.reason ?? null,
    comment: request.comment ?? null,
    by: actor,
  };
  const decided = await once(
    deps.db,
    { owner: actor.id, key: context.req.header('idempotency-key'), path: context.req.path, body: request },
    async (tx) => ({ status: 200, body: await decide(tx, review.id, deciding) }),
  );
  return context.json(decided.body as Review);
}

const refusal = (pointer: string, detail: string): TrimtabError =>
  new TrimtabError('invalid_input', detail, { errors: [{ pointer, detail }] });

/** The schema of the step that the value is an output of. What cannot be checked does not pass (C9): a server of another build may know the step. */
function checkValue({ chains }: ApiDependencies, review: Review, value: unknown): void {
  const step = chains.get(review.chain)?.steps.find(({ name }) => name === review.step);
  if (!step)
    throw new TrimtabError(
      'unavailable',
      `this server's build has no step '${review.step}' in a chain '${review.chain}', so the value cannot be checked; nothing was stored. Deploy a build that has it, then decide again`,
      { retryAfterSeconds: 30 },
    );
  const form = review.kind === 'tool' ? argumentsOf(step, review) : step.output;
  const parsed = form.safeParse(value);
  if (!parsed.success) throw misfit('the value', parsed.error, '/value');
}

/** The form of the arguments of the tool that is to be called. */
function argumentsOf({ name, tools }: ChainFacts['steps'][number], { context }: Review): z.ZodType {
  const { tool } = context as { tool?: { name: string } };
  const form = tool && tools?.[tool.name];
  if (!form)
    throw new TrimtabError(
      'unavailable',
      `this server's build has no tool '${tool?.name}' in step '${name}', so the arguments cannot be checked; nothing was stored. Deploy a build that has it, then decide again`,
      { retryAfterSeconds: 30 },
    );
  return form;
}

function checkProposal(deps: ApiDependencies, review: Review): void {
  if (review.value === null) throw refusal('/decision', 'there is nothing to approve yet: write an answer and send it as an edit');
  checkValue(deps, review, review.value);
}
