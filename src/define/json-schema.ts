import { z } from 'zod';
import type { Verdict } from '../shapes/verdict.ts';

type JsonSchema = Record<string, unknown>;

/** Keywords that strict structured output does not take; zod checks them on the answer all the same. */
const unsupported = new Set([
  '$schema',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'default',
]);

/** The JSON schema a provider is asked to keep to: every property required, nothing beside them. */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
  strict(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })) as JsonSchema;

function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (node === null || typeof node !== 'object') return node;
  const kept = Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => !unsupported.has(key))
      .map(([key, value]) => [
        key,
        key === 'properties'
          ? Object.fromEntries(Object.entries(value as JsonSchema).map(([name, inner]) => [name, strict(inner)]))
          : strict(value),
      ]),
  );
  if (!('properties' in kept)) return kept;
  return { ...kept, required: Object.keys(kept['properties'] as JsonSchema), additionalProperties: false };
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; message: string };

/** One code fence around the whole answer is forgiven; anything else beside the JSON is not. */
const unfenced = (text: string): string => /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text)?.[1] ?? text;

/** A model's text as a value of the schema; the message is written for the model that has to mend it. */
export function parseOutput<T>(schema: z.ZodType<T>, text: string): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(unfenced(text));
  } catch {
    return { ok: false, message: 'the answer is not valid JSON; answer with one JSON object and nothing else' };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    message: parsed.error.issues
      .slice(0, 5)
      .map((issue) => `${pointerOf(issue.path)}: ${issue.message}`)
      .join('; '),
  };
}

/** RFC 6901; the whole value is `/`, which reads better than nothing. */
const pointerOf = (path: readonly PropertyKey[]): string =>
  `/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;

/** What a critic answers. `at`: a quote of the output. `blames`: the name of an earlier step. */
const CriticAnswer = z.strictObject({
  verdict: z.enum(['pass', 'fail', 'unsure']),
  reason: z.string(),
  at: z.string().nullable(),
  blames: z.string().nullable(),
  missing: z.string().nullable(),
});

export const criticAnswerSchema = { zod: CriticAnswer, json: jsonSchemaOf(CriticAnswer) };

const none = (text: string | null): string | null => (text === null || /^\s*(?:null|none|n\/a)?\s*$/i.test(text) ? null : text);

/** The verdict in a critic's text; null when it is not in the agreed form: nothing has passed then (C9). */
export function parseCriticAnswer(text: string, critic: { name: string; version: string }): Verdict | null {
  const parsed = parseOutput(CriticAnswer, text);
  if (!parsed.ok) return null;
  const { verdict, reason, at, blames, missing } = parsed.value;
  const quote = none(at);
  const step = none(blames);
  const words = none(missing);
  return {
    critic: critic.name,
    version: critic.version,
    verdict,
    score: null,
    reason,
    evidence: [],
    at: quote === null ? null : { quote },
    blames: step === null || verdict !== 'fail' ? null : { step, occurrence: null },
    ...(words === null ? {} : { missing: words }),
  };
}
