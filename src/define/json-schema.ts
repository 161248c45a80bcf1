import { z } from 'zod';
import type { Verdict } from '../shapes/verdict.ts';

type JsonSchema = Record<string, unknown>;

/** The JSON schema of a value as a model writes it. What a provider takes of it is the provider's matter. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const made = known.get(schema) ?? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  known.set(schema, made);
  return made;
}
const known = new WeakMap<z.ZodType, JsonSchema>();

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
  return fitted(schema, json);
}

/** A value that a model wrote, as the schema has it; the message is written for the model that has to mend it. */
export function fitted<T>(schema: z.ZodType<T>, json: unknown): Parsed<T> {
  const first = schema.safeParse(json);
  const parsed = first.success ? first : schema.safeParse(withoutNulls(json, first.error.issues));
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    message: parsed.error.issues
      .slice(0, 5)
      .map((issue) => `${pointerOf(issue.path)}: ${issue.message}`)
      .join('; '),
  };
}

/**
 * Providers are told that a property which may be left out may be null, since a strict schema leaves nothing out. Nulls that
 * the schema does not take are left out here; one that is needed is missing then, and is complained about as that.
 */
function withoutNulls(json: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const unwanted = new Set(pathsOf(issues).map((path) => pointerOf(path)));
  const copy = (value: unknown, path: readonly PropertyKey[]): unknown => {
    if (Array.isArray(value)) return value.map((part, index) => copy(part, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, part]) => ({ name, part, at: [...path, name] }))
        .filter(({ part, at }) => part !== null || !unwanted.has(pointerOf(at)))
        .map(({ name, part, at }) => [name, copy(part, at)]),
    );
  };
  return copy(json, []);
}

/** Of a union's issues the path of every branch's. */
const pathsOf = (issues: readonly z.core.$ZodIssue[]): PropertyKey[][] =>
  issues.flatMap((issue) => [
    issue.path,
    ...(issue.code === 'invalid_union' ? issue.errors.flatMap((branch) => pathsOf(branch)).map((path) => [...issue.path, ...path]) : []),
  ]);

/** RFC 6901; the whole value is `/`, which reads better than nothing. */
const pointerOf = (path: readonly PropertyKey[]): string =>
  `/${path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;

/** What a critic answers. `at`: a quote of the output. `blames`: the name of an earlier step. `score`: 0 to 1, how good; needed where several are compared. */
const CriticAnswer = z.strictObject({
  verdict: z.enum(['pass', 'fail', 'unsure']),
  reason: z.string(),
  at: z.string().nullable(),
  blames: z.string().nullable(),
  missing: z.string().nullable(),
  score: z.number().nullish(),
});

export const criticAnswerSchema = { zod: CriticAnswer, json: jsonSchemaOf(CriticAnswer) };

const none = (text: string | null): string | null => (text === null || /^\s*(?:null|none|n\/a)?\s*$/i.test(text) ? null : text);

/** The verdict in a critic's text; null when it is not in the agreed form: nothing has passed then (C9). */
export function parseCriticAnswer(text: string, critic: { name: string; version: string }): Verdict | null {
  const parsed = parseOutput(CriticAnswer, text);
  if (!parsed.ok) return null;
  const { verdict, reason, at, blames, missing, score } = parsed.value;
  const quote = none(at);
  const step = none(blames);
  const words = none(missing);
  return {
    critic: critic.name,
    version: critic.version,
    verdict,
    score: typeof score === 'number' && score >= 0 && score <= 1 ? score : null,
    reason,
    evidence: [],
    at: quote === null ? null : { quote },
    blames: step === null || verdict !== 'fail' ? null : { step, occurrence: null },
    ...(words === null ? {} : { missing: words }),
  };
}
