import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { TrimtabError, errorTable, type ErrorCode } from '../errors.ts';
import { Feedback } from '../shapes/feedback.ts';
import { Run, RunStatus } from '../shapes/run.ts';
import { Step } from '../shapes/step.ts';
import { workflowOf } from '../store/batches.ts';
import { addFeedback } from '../store/feedback.ts';
import { newId } from '../store/ids.ts';
import { once } from '../store/idempotency.ts';
import { cancelRun, deleteRun, insertRun, retryRuns } from '../store/run-commands.ts';
import { getRun, listRuns } from '../store/run-queries.ts';
import { listSteps } from '../store/steps.ts';
import { again } from '../store/transact.ts';
import { bodyOf, queryOf } from './body.ts';
import { onChange } from './changes.ts';
import { namesOf } from './chains.ts';
import type { Actor, ApiDependencies, ApiEnv } from './deps.ts';
import { misfit } from './problem.ts';
import { startGate, type StartGate } from './start-gate.ts';
import { cursor, limit, page, route, type Api } from './route.ts';
import { watchRun } from './wait.ts';

const tag = 'runs';
const time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional();
const StartRun = z.strictObject({
  input: z.unknown(),
  user: z.string().max(320).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
const RunQuery = z.strictObject({
  chain: z.string().optional(),
  status: RunStatus.optional(),
  user: z.string().optional(),
  batch: z.string().optional(),
  from: time,
  to: time,
  q: z.string().max(200).optional(),
  limit,
  cursor,
});
const Wait = z.strictObject({ wait: z.coerce.number().min(0).max(120).optional() });
const RunOrLink = Run.extend({ temporal_url: z.string().nullable().optional() });
const GiveFeedback = z.strictObject({
  type: z.string().max(100),
  value: z.unknown(),
  user: z.string().max(320).optional(),
  step: z.string().optional(),
  attempt: z.number().int().positive().optional(),
});
const RetryMany = z.strictObject({
  chain: z.string().optional(),
  code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]).optional(),
});

export function runRoutes(api: Api, deps: ApiDependencies): void {
  const { db } = deps;
  const gate = startGate();
  // Whoever waits for a run hears it from the first moment on.
  onChange(deps.listener, () => undefined);
  route(
    api,
    {
      method: 'post',
      path: '/v1/chains/{chain}/runs',
      summary: 'Start a run',
      scope: 'runs:write',
      tag,
      query: Wait,
      body: StartRun,
      answer: Run,
      status: 202,
      settled: 'It ended, waits for a person or is blocked (with ?wait)',
      limited: true,
      idempotent: true,
    },
    (context, actor) => startRun(context, { deps, actor, gate }),
  );
  route(
    api,
    { method: 'get', path: '/v1/runs', summary: 'List runs, newest first', scope: 'runs:read', tag, query: RunQuery, answer: page(Run) },
    async (context) => context.json(await listRuns(db, queryOf(context, RunQuery))),
  );
  route(
    api,
    {
      method: 'post',
      path: '/v1/runs/retry',
      summary: 'Go on with all runs that a cause blocked',
      scope: 'runs:write',
      tag,
      body: RetryMany,
      answer: z.object({ data: z.array(z.string()) }),
      status: 202,
    },
    async (context, actor) => context.json({ data: await retryRuns(db, await bodyOf(context, RetryMany), actor) }, 202),
  );
  route(api, { method: 'get', path: '/v1/runs/{id}', summary: 'One run', scope: 'runs:read', tag, answer: RunOrLink }, async (context) => {
    const run = await existing(deps, context);
    const shown = deps.temporalUrl(run.id) !== null;
    return context.json({ ...run, temporal_url: shown ? deps.temporalUrl(await workflowOf(deps.db, run.id)) : null });
  });
  route(
    api,
    {
      method: 'get',
      path: '/v1/runs/{id}/steps',
      summary: 'The trace: steps, attempts, verdicts',
      scope: 'runs:read',
      tag,
      answer: z.object({ data: z.array(Step) }),
    },
    async (context) => context.json({ data: await listSteps(db, (await existing(deps, context)).id) }),
  );
  route(
    api,
    { method: 'post', path: '/v1/runs/{id}/cancel', summary: 'Cancel', scope: 'runs:write', tag, answer: Run, status: 202 },
    async (context, actor) => {
      await cancelRun(db, (await existing(deps, context)).id, actor);
      return context.json(await existing(deps, context), 202);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/v1/runs/{id}/retry',
      summary: 'Go on with a blocked run',
      scope: 'runs:write',
      tag,
      answer: Run,
      conflicts: true,
      status: 202,
    },
    async (context, actor) => {
      await retryRuns(db, { id: (await existing(deps, context)).id }, actor);
      return context.json(await existing(deps, context), 202);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/v1/runs/{id}/feedback',
      summary: 'Say something about a run',
      scope: 'runs:write',
      tag,
      body: GiveFeedback,
      answer: Feedback,
      status: 201,
      idempotent: true,
    },
    async (context, actor) => {
      const run = await existing(deps, context);
      const word = await bodyOf(context, GiveFeedback);
      if (!deps.feedbackTypes.includes(word.type))
        throw new TrimtabError('invalid_input', `'${word.type}' is no type of feedback here; there are ${deps.feedbackTypes.join(', ')}`, {
          errors: [{ pointer: '/type', detail: 'unknown type' }],
        });
      const { type, value, user = actor.name, step = null, attempt = null } = word;
      const id = newId('fb');
      const given = await once(
        db,
        { owner: actor.id, key: context.req.header('idempotency-key'), path: context.req.path, body: word },
        async (tx) => ({ status: 201, body: await addFeedback(tx, run.id, { id, type, value, user, step, attempt }) }),
      );
      return context.json(given.body as Feedback, 201);
    },
  );
  route(
    api,
    { method: 'delete', path: '/v1/runs/{id}', summary: 'Delete what a run read and wrote', scope: 'runs:write', tag, status: 204 },
    async (context, actor) => {
      await deleteRun(db, (await existing(deps, context)).id, actor);
      return context.body(null, 204);
    },
  );
}

async function existing({ db }: ApiDependencies, context: Context<ApiEnv>): Promise<Run> {
  const id = context.req.param('id') ?? '';
  const run = await again(() => getRun(db, id), { repeatable: true });
  if (!run) throw new TrimtabError('not_found', `there is no run ${id}`);
  context.set('run_id', run.id);
  return run;
}

async function startRun(
  context: Context<ApiEnv>,
  { deps, actor, gate }: { deps: ApiDependencies; actor: Actor; gate: StartGate },
): Promise<Response> {
  const name = context.req.param('chain') ?? '';
  const chain = deps.chains.get(name);
  if (!chain) throw new TrimtabError('unknown_chain', `there is no chain '${name}'; there are ${namesOf(deps.chains)}`);
  const { wait } = queryOf(context, Wait);
  const request = await bodyOf(context, StartRun);
  const parsed = chain.input.safeParse(request.input);
  if (!parsed.success) throw misfit('the input', parsed.error, '/input');
  const id = newId('run');
  const asked = { owner: actor.id, key: context.req.header('idempotency-key'), path: context.req.path, body: request, atomic: true };
  const { user = null, metadata = {} } = request;
  const watch = wait ? watchRun(deps, id) : null;
  const started = await gate
    .pass(name, () =>
      once(deps.db, asked, async (handle) => ({
        status: 202,
        body: await insertRun(handle, { id, chain: name, input: parsed.data, user, metadata, by: actor }),
      })),
    )
    .catch((error: unknown) => {
      watch?.stop();
      throw error;
    });
  const run = started.body as Run;
  context.set('run_id', run.id);
  if (watch === null || wait === undefined) return context.json(run, 202);
  const limit = { seconds: wait, signal: context.req.raw.signal };
  // The same key again: it is another run, and may be over for long.
  if (run.id !== id) watch.stop();
  const settled = await (run.id === id ? watch : watchRun(deps, run.id, { looks: true })).settled(limit);
  return settled === null ? context.json((await getRun(deps.db, run.id)) ?? run, 202) : context.json(settled, 200);
}
