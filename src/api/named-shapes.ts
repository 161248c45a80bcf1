import { OpenAPIHono, type z } from '@hono/zod-openapi';
import { Attempt } from '../shapes/attempt.ts';
import { Decision } from '../shapes/decision.ts';
import { Feedback } from '../shapes/feedback.ts';
import { Plan } from '../shapes/plan.ts';
import { Problem } from '../shapes/problem.ts';
import { Review } from '../shapes/review.ts';
import { Run } from '../shapes/run.ts';
import { Step } from '../shapes/step.ts';
import { Verdict } from '../shapes/verdict.ts';
import { Delivery, Webhook } from '../shapes/webhook.ts';

type Node = Record<string, unknown>;

/** From the largest to the smallest: a noun inside another is named there too. */
const nouns: readonly [string, z.ZodType][] = [
  ['Step', Step],
  ['Attempt', Attempt],
  ['Run', Run],
  ['Review', Review],
  ['Plan', Plan],
  ['Decision', Decision],
  ['Verdict', Verdict],
  ['Feedback', Feedback],
  ['Webhook', Webhook],
  ['Delivery', Delivery],
  ['Problem', Problem],
];

/** The nouns have a name of their own in the OpenAPI page instead of being written out at every place (590 KB against 60). */
export function nameShapes(document: Node): Node {
  const page = new OpenAPIHono();
  for (const [name, schema] of nouns) page.openAPIRegistry.register(name, schema);
  const { components } = page.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } });
  const schemas = (components?.schemas ?? {}) as Record<string, Node>;
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), name]));
  const refer = (node: unknown, top = false): unknown => {
    if (node === null || typeof node !== 'object') return node;
    if (Array.isArray(node)) return node.map((each) => refer(each));
    const name = top ? undefined : names.get(JSON.stringify(node));
    if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, refer(value)]));
  };
  const known = (document['components'] ?? {}) as Node;
  const own = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, refer(schema, true)]));
  return {
    ...(refer({ ...document, components: {} }) as Node),
    components: { ...known, schemas: { ...(known['schemas'] as Node | undefined), ...own } },
  };
}
