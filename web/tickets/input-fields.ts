import type { File as Attached } from '../parts/files.ts';
import { record } from '../parts/record.ts';

/** What a field of files takes. `most`: how many. */
export interface Takes {
  most: number;
  types: string[];
}

export interface Field {
  name: string;
  kind: 'line' | 'long' | 'number' | 'boolean' | 'choice' | 'file' | 'files';
  required: boolean;
  description: string | undefined;
  choices: string[];
  /** Of a file, or of a list of them. */ takes?: Takes;
}

const longNames = /^(body|text|question|message|content|description)$/;

/** Form fields for an input schema that is a flat object of plain values and files. Null when only JSON can say it. */
export function fieldsOf(schema: unknown): Field[] | null {
  const outer = record(schema);
  const properties = record(outer?.['properties']);
  if (!properties) return null;
  const required = Array.isArray(outer?.['required']) ? (outer['required'] as unknown[]) : [];
  const fields = Object.entries(properties).map(([name, property]) => fieldOf(name, record(property) ?? {}, required.includes(name)));
  return fields.every((field) => field !== null) ? fields : null;
}

function fieldOf(name: string, property: Record<string, unknown>, required: boolean): Field | null {
  const description = typeof property['description'] === 'string' ? property['description'] : undefined;
  const base = { name, required, description, choices: [] as string[] };
  if (Array.isArray(property['enum'])) return { ...base, kind: 'choice', choices: property['enum'].map(String) };
  switch (property['type']) {
    case 'string':
      return { ...base, kind: longNames.test(name) ? 'long' : 'line' };
    case 'number':
    case 'integer':
      return { ...base, kind: 'number' };
    case 'boolean':
      return { ...base, kind: 'boolean' };
    default:
      return fileFieldOf(base, property);
  }
}

/** A file is an object of name, media type and its bytes in base64, as the server's `Attachment` is written in a schema. */
function fileFieldOf(base: Omit<Field, 'kind'>, property: Record<string, unknown>): Field | null {
  const listed = property['type'] === 'array';
  const parts = record(record(listed ? property['items'] : property)?.['properties']) ?? {};
  const types = record(parts['media_type'])?.['enum'];
  const bytes = record(parts['data'])?.['contentEncoding'];
  if (Object.keys(parts).toSorted().join() !== 'data,media_type,name' || !Array.isArray(types) || bytes !== 'base64') return null;
  const most = typeof property['maxItems'] === 'number' ? property['maxItems'] : Infinity;
  return { ...base, kind: listed ? 'files' : 'file', takes: { most: listed ? most : 1, types: types.map(String) } };
}

/** The input that the filled form means. A field left empty is left out, unless the schema asks for it. */
export function inputOf(
  fields: Field[],
  values: Record<string, string>,
  files: Record<string, readonly Attached[]> = {},
): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ name, kind, required }): [string, unknown][] => {
      const text = values[name] ?? '';
      if (kind === 'boolean') return [[name, text === 'true']];
      const picked = files[name] ?? [];
      if (kind === 'files') return picked.length > 0 || required ? [[name, picked]] : [];
      if (kind === 'file') return picked.map((file) => [name, file]);
      if (text === '' && !required) return [];
      return [[name, kind === 'number' && text !== '' ? Number(text) : text]];
    }),
  );
}

/** What JSON of this schema begins with: every member that must be there, empty, two levels deep. `{}` where the schema names none. */
export function emptyOf(schema: unknown, depth = 0): unknown {
  const outer = record(schema) ?? {};
  if (Array.isArray(outer['enum'])) return outer['enum'][0];
  switch (outer['type'] ?? 'object') {
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'array':
      return depth < 2 && record(outer['items'])?.['type'] === 'object' ? [emptyOf(outer['items'], depth + 1)] : [];
    case 'object':
      return Object.fromEntries(
        Object.entries(record(outer['properties']) ?? {})
          .filter(([name]) => Array.isArray(outer['required']) && outer['required'].includes(name))
          .map(([name, property]) => [name, emptyOf(property, depth + 1)]),
      );
    default:
      return null;
  }
}
