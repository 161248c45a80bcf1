import { SourceUnavailable } from '../define/source.ts';

/** How many further queries a verdict may cause at one source. */
const mostMissing = 3;
const usual = ['question', 'query', 'q', 'subject', 'body', 'text'];

/** What to search for when the author does not say: a text, or the fields of an input that usually hold it. */
export function queryOf(input: unknown): string {
  if (typeof input === 'string') return input;
  if (typeof input !== 'object' || input === null)
    throw new SourceUnavailable('the input holds no text to search for; give the source a `query`');
  const fields = input as Record<string, unknown>;
  const found = usual.flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : []));
  if (found.length === 0) throw new SourceUnavailable(`the input has none of ${usual.join(', ')}; give the source a \`query\``);
  return found.join('\n');
}

/** The query and what a verdict found missing, without repeats and blanks. */
export function queriesOf(query: string, missing: readonly string[]): string[] {
  const all = [query, ...missing].map((text) => text.trim()).filter(Boolean);
  return [...new Set(all)].slice(0, 1 + mostMissing);
}

/** A search engine takes a line, not a page: whitespace folded, cut at a word. `most`: characters. */
export function oneLine(query: string, most = 300): string {
  const line = query.replace(/\s+/g, ' ').trim();
  if (line.length <= most) return line;
  const at = line.lastIndexOf(' ', most);
  return line.slice(0, at > 0 ? at : most);
}
