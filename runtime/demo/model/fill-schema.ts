import { termsOf } from './words.ts';

type Json = Record<string, unknown>;
const object = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});

/** What is known, by the name of the property it goes to; `text` goes to whatever else is a string. */
export interface Known {
  named: Record<string, unknown>;
  text: string;
  cited: number[];
  ids: string[];
  abstained: boolean;
}

/** A value that fits a JSON schema: simple objects, arrays, unions with null, references. */
export function fillSchema(schema: Json, known: Known): unknown {
  return fill(schema, { name: '', root: schema, known });
}

interface At {
  name: string;
  root: Json;
  known: Known;
}

function fill(schema: Json, at: At): unknown {
  if (typeof schema['$ref'] === 'string') return fill(object(object(at.root['$defs'])[schema['$ref'].split('/').at(-1) ?? '']), at);
  const options = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined;
  const value = at.known.named[at.name];
  if (options) return fill(branch(options, value), at);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'].includes(value) ? value : bestOf(schema['enum'], at.known.text);
  const type = Array.isArray(schema['type'])
    ? value === null && schema['type'].includes('null')
      ? 'null'
      : schema['type'].find((one) => one !== 'null')
    : schema['type'];
  if (type === 'null') return null;
  if (type === 'object' || schema['properties']) return fillObject(schema, value, at);
  if (type === 'array') return fillArray(schema, value, at);
  if (type === 'boolean')
    return typeof value === 'boolean'
      ? value
      : /abstain|unanswer|escalat|unknown/i.test(at.name)
        ? at.known.abstained
        : /answer|found|grounded|support/i.test(at.name) && !at.known.abstained;
  if (type === 'number' || type === 'integer')
    return typeof value === 'number'
      ? value
      : Number(schema['minimum'] ?? (/confiden|score/i.test(at.name) ? (at.known.abstained ? 0 : 1) : 0));
  return typeof value === 'string' ? value : at.known.text;
}

/** Null for null, else the branch that can hold the value. */
function branch(options: Json[], value: unknown): Json {
  const isNull = (option: Json): boolean => option['type'] === 'null' || option['const'] === null;
  const chosen =
    value === null
      ? options.find(isNull)
      : options.find(
          (option) =>
            !isNull(option) &&
            (typeof value !== 'string' || option['type'] === 'string' || (Array.isArray(option['enum']) && option['enum'].includes(value))),
        );
  return chosen ?? options.find((option) => !isNull(option)) ?? options[0] ?? {};
}

/** The choice whose words stand in the text; the first when none does. */
function bestOf(choices: unknown[], text: string): unknown {
  const words = termsOf(text);
  const hits = (choice: unknown): number => termsOf(String(choice).replace(/[_-]/g, ' ')).filter((term) => words.includes(term)).length;
  return choices.reduce((best, choice) => (hits(choice) > hits(best) ? choice : best), choices[0]);
}

function fillObject(schema: Json, value: unknown, at: At): Json {
  // A bare name where an object is asked for: a place is its quote, the blamed is a step.
  const named = typeof value === 'string' ? { quote: value, step: value, pointer: null, occurrence: null } : object(value);
  const required = Array.isArray(schema['required']) ? schema['required'] : null;
  const inner = { ...at.known, named: at.name === '' ? at.known.named : named };
  return Object.fromEntries(
    Object.entries(object(schema['properties']))
      .filter(([name]) => required === null || required.includes(name) || inner.named[name] !== undefined)
      .filter(([name]) => !(typeof value === 'string' && !required?.includes(name) && inner.named[name] === null))
      .map(([name, part]) => [name, fill(object(part), { ...at, name, known: inner })]),
  );
}

function fillArray(schema: Json, value: unknown, at: At): unknown[] {
  if (Array.isArray(value)) return value;
  const items = object(schema['items']);
  if (items['type'] === 'number' || items['type'] === 'integer') return at.known.cited;
  if (items['type'] === 'string' && !items['enum'] && /source|passage|evidence|cit|id/i.test(at.name)) return at.known.ids;
  const least = Number(schema['minItems'] ?? 0);
  return Array.from({ length: least }, () => fill(items, at));
}
