import { z } from '@hono/zod-openapi';
import { TrimtabError } from '../errors.ts';
import { Batch } from '../shapes/batch.ts';
import { getBatch, insertBatch } from '../store/batches.ts';
import { newId } from '../store/ids.ts';
import { once } from '../store/idempotency.ts';
import { bodyOf } from './body.ts';
import { namesOf } from './chains.ts';
import type { ApiDependencies } from './deps.ts';
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

export function batchRoutes(api: Api, deps: ApiDependencies): void {
  const { db } = deps;
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
      const name = context.req.param('chain') ?? '';
      const chain = deps.chains.get(name);
      if (!chain) throw new TrimtabError('unknown_chain', `there is no chain '${name}'; there are ${namesOf(deps.chains)}`);
      const request = await bodyOf(context, StartBatch);
      // All or none: a batch with a case that does not fit starts nothing.
      const cases = request.cases.map(({ input, user = null, metadata = {} }, n) => {
        const parsed = chain.input.safeParse(input);
        if (!parsed.success) throw misfit(`case ${n + 1}`, parsed.error, `/cases/${n}/input`);
        return { id: newId('run'), input: parsed.data as unknown, user, metadata };
      });
      const id = newId('bat');
      const asked = { owner: actor.id, key: context.req.header('idempotency-key'), path: context.req.path, body: request };
      const started = await once(db, asked, async (tx) => {
        await insertBatch(tx, { id, chain: name, cases, by: actor });
        return { status: 202, body: await getBatch(tx, id) };
      });
      return context.json(started.body as Batch, 202);
    },
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
