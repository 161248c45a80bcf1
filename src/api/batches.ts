import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { TrimtabError } from '../errors.ts';
import { Batch } from '../shapes/batch.ts';
import { getBatch, insertBatch } from '../store/batches.ts';
import { newId } from '../store/ids.ts';
import { once } from '../store/idempotency.ts';
import { bodyOf } from './body.ts';
import { namesOf } from './chains.ts';
import type { ApiDependencies, ApiEnv } from './deps.ts';
import { misfit } from './problem.ts';
import { route, type Api } from './route.ts';

const tag = 'batches';
const mostCases = 1_000;
const StartBatch = z.strictObject({
  cases: z
    .array(
      z.strictObject({ input: z.unknown(), user: z.string().max(320).optional(), metadata: z.record(z.string(), z.unknown()).optional() }),
    )
    .min(1)
    .max(mostCases),
});

const CheckedBatch = z.object({ cases: z.number().int() });

/** The batch that is asked for, its inputs as the chain reads them. All or none: throws for the first that does not fit. */
async function asked(context: Context<ApiEnv>, chains: ApiDependencies['chains']) {
  const name = context.req.param('chain') ?? '';
  const chain = chains.get(name);
  if (!chain) throw new TrimtabError('unknown_chain', `there is no chain '${name}'; there are ${namesOf(chains)}`);
  const body = await bodyOf(context, StartBatch);
  const cases = body.cases.map(({ input, user = null, metadata = {} }, n) => {
    const parsed = chain.input.safeParse(input);
    if (!parsed.success) throw misfit(`case ${n + 1}`, parsed.error, `/cases/${n}/input`);
    return { input: parsed.data as unknown, user, metadata };
  });
  return { name, body, cases };
}

export function batchRoutes(api: Api, deps: ApiDependencies): void {
  const { db, chains } = deps;
  route(
    api,
    {
      method: 'post',
      path: '/v1/chains/{chain}/batches',
      summary: 'Start a run for each of many inputs, worked in one place',
      scope: 'runs:write',
      tag,
      body: StartBatch,
      answer: Batch,
      status: 202,
      idempotent: true,
    },
    async (context, actor) => {
      const { name, body, cases } = await asked(context, chains);
      const [id, named] = [newId('bat'), cases.map((one) => ({ id: newId('run'), ...one }))];
      const request = { owner: actor.id, key: context.req.header('idempotency-key'), path: context.req.path, body };
      const started = await once(db, request, async (tx) => {
        await insertBatch(tx, { id, chain: name, cases: named, by: actor });
        return { status: 202, body: await getBatch(tx, id) };
      });
      return context.json(started.body as Batch, 202);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/v1/chains/{chain}/batches/check',
      summary: 'Look whether all inputs of a batch fit; start nothing',
      scope: 'runs:write',
      tag,
      body: StartBatch,
      answer: CheckedBatch,
    },
    async (context) => context.json({ cases: (await asked(context, chains)).cases.length }),
  );
  route(
    api,
    { method: 'get', path: '/v1/batches/{id}', summary: 'How far a batch is', scope: 'runs:read', tag, answer: Batch },
    async (context) => {
      const id = context.req.param('id') ?? '';
      const batch = await getBatch(db, id);
      if (!batch) throw new TrimtabError('not_found', `there is no batch ${id}`);
      return context.json(batch);
    },
  );
}
