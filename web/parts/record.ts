export const record = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

/** The text of a value that is nothing but `{text}`; null for any other shape. */
export function textOf(value: unknown): string | null {
  const fields = record(value);
  return fields && Object.keys(fields).length === 1 && typeof fields['text'] === 'string' ? fields['text'] : null;
}

/** A value as a person reads it: text as text, anything else as JSON. */
export const readable = (value: unknown): string =>
  textOf(value) ?? (typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? ''));
