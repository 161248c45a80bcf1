type Json = Record<string, unknown>;

/** Keywords that strict structured output refuses (a 400) at one provider or the other. They are told in words instead; our own schema checks them afterwards. */
const refused = [
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
  'minProperties',
  'maxProperties',
  'propertyNames',
  'patternProperties',
  'contentEncoding',
];
const silent = new Set(['$schema', '$id', 'default', 'examples', 'title', 'readOnly', 'writeOnly', 'deprecated']);
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A JSON schema in the subset that OpenAI and Anthropic both take. A property that may be left out is required and may be null,
 * as OpenAI's strict mode demands; `strict` is false where that mode cannot hold the schema (names that are not known before).
 */
export function portableSchema(schema: Json): Portable {
  const known = reduced.get(schema);
  if (known) return known;
  const seen = { strict: true };
  const portable = { schema: reduce(schema, seen), strict: seen.strict };
  reduced.set(schema, portable);
  return portable;
}

interface Portable {
  schema: Json;
  strict: boolean;
}
/** A step asks with the same schema at every call; to reduce it takes 0.1 ms. */
const reduced = new WeakMap<Json, Portable>();

function reduce(node: Json, seen: { strict: boolean }): Json {
  const told = refused.filter(
    (key) =>
      node[key] !== undefined &&
      !(key === 'maximum' && node[key] === Number.MAX_SAFE_INTEGER) &&
      !(key === 'minimum' && node[key] === Number.MIN_SAFE_INTEGER),
  );
  const out: Json = {};
  for (const [key, value] of Object.entries(node)) {
    if (silent.has(key) || refused.includes(key)) continue;
    out[key === 'oneOf' ? 'anyOf' : key] = child(key, value, seen);
  }
  if (told.length > 0) {
    const limits = told.map((key) => `${key}: ${JSON.stringify(node[key])}`).join(', ');
    out['description'] = [node['description'], `(${limits})`].filter(Boolean).join(' ');
  }
  if (node['type'] === 'object' || isObject(node['properties'])) close(out, node, seen);
  return out;
}

function child(key: string, value: unknown, seen: { strict: boolean }): unknown {
  if (key === 'const' || key === 'enum' || key === 'required') return value;
  if (['properties', '$defs', 'definitions'].includes(key) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, isObject(part) ? reduce(part, seen) : part]));
  }
  if (Array.isArray(value)) return value.map((part) => (isObject(part) ? reduce(part, seen) : part));
  return isObject(value) ? reduce(value, seen) : value;
}

function close(out: Json, node: Json, seen: { strict: boolean }): void {
  if (isObject(node['additionalProperties'])) {
    // A record.
    seen.strict = false;
    return;
  }
  const properties = isObject(out['properties']) ? out['properties'] : {};
  const required = Array.isArray(node['required']) ? (node['required'] as unknown[]) : [];
  out['properties'] = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, required.includes(name) ? part : orNull(part)]),
  );
  out['required'] = Object.keys(properties);
  out['additionalProperties'] = false;
}

const allowsNull = (part: Json): boolean =>
  part['type'] === 'null' || (Array.isArray(part['type']) && part['type'].includes('null')) || part['const'] === null;

function orNull(part: unknown): unknown {
  if (!isObject(part) || allowsNull(part)) return part;
  if (!Array.isArray(part['anyOf'])) return { anyOf: [part, { type: 'null' }] };
  const options = part['anyOf'] as unknown[];
  return options.some((option) => isObject(option) && allowsNull(option)) ? part : { ...part, anyOf: [...options, { type: 'null' }] };
}
