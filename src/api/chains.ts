import { z } from '@hono/zod-openapi';
import { TrimtabError } from '../errors.ts';
import { doctorChain } from '../shapes/doctor-chain.ts';
import type { ApiDependencies, ChainFacts } from './deps.ts';
import { route, type Api } from './route.ts';

const tag = 'chains';
const JsonSchema = z.record(z.string(), z.unknown());
const Chain = z.object({
  name: z.string(),
  input: JsonSchema,
  output: JsonSchema,
  steps: z.array(z.object({ name: z.string(), kind: z.string(), input: JsonSchema, output: JsonSchema })),
});

const schemaOf = (schema: z.ZodType): Record<string, unknown> => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

const facts = (chain: ChainFacts): z.infer<typeof Chain> => ({
  name: chain.name,
  input: schemaOf(chain.input),
  output: schemaOf(chain.output),
  steps: chain.steps.map((step) => ({ name: step.name, kind: step.kind, input: schemaOf(step.input), output: schemaOf(step.output) })),
});

const listed = (chains: ApiDependencies['chains']): ChainFacts[] => [...chains.values()].filter(({ name }) => name !== doctorChain);
export const namesOf = (chains: ApiDependencies['chains']): string =>
  listed(chains)
    .map(({ name }) => name)
    .join(', ');

export function chainRoutes(api: Api, { chains }: ApiDependencies): void {
  route(
    api,
    {
      method: 'get',
      path: '/v1/chains',
      summary: 'The chains of this build',
      scope: 'runs:read',
      tag,
      answer: z.object({ data: z.array(Chain), next_cursor: z.null() }),
    },
    (context) => context.json({ data: listed(chains).map(facts), next_cursor: null }),
  );
  route(
    api,
    { method: 'get', path: '/v1/chains/{chain}', summary: 'One chain: input, output, steps', scope: 'runs:read', tag, answer: Chain },
    (context) => {
      const chain = chains.get(context.req.param('chain') ?? '');
      if (!chain)
        throw new TrimtabError('unknown_chain', `there is no chain '${context.req.param('chain')}'; there are ${namesOf(chains)}`);
      return context.json(facts(chain));
    },
  );
}
