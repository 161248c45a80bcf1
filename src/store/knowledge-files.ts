import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { parse, CsvError } from 'csv-parse';
import { z } from 'zod';
import { TrimtabError, messageOf } from '../errors.ts';

/** A document as it comes in. `content` is Markdown or plain text; `collection` keeps bases apart (`default` when absent). */
export interface KnowledgeDocument {
  id: string;
  title: string;
  content: string;
  collection?: string;
}

const Line = z.object({
  id: z.string().trim().min(1, 'is empty').max(500),
  title: z.string().trim().min(1, 'is empty').max(1_000),
  content: z.string().refine((text) => text.trim() !== '', 'is empty'),
  collection: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .nullish()
    .transform((name) => name ?? undefined),
});

const wrong = (where: string, what: string): TrimtabError => new TrimtabError('invalid_input', `${where}: ${what}`);

/** Check one record. A mistake names the place and the field. */
function documentOf(value: unknown, where: string): KnowledgeDocument {
  const read = Line.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const field = issue?.path.join('.');
  throw wrong(where, field ? `'${field}' ${issue?.message.replace('Invalid input: ', '')}` : 'is no object with id, title and content');
}

/** Another encoding would be stored with its letters gone. Read as bytes: in UTF-8 a line ends where a line of bytes does. */
async function requireUtf8(path: string): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'latin1'), crlfDelay: Infinity })) {
    number += 1;
    if (!isUtf8(Buffer.from(line, 'latin1'))) throw wrong(`${path}:${number}`, 'is not UTF-8; save the file as UTF-8');
  }
}

async function* fromJsonLines(path: string): AsyncGenerator<[KnowledgeDocument, string]> {
  await requireUtf8(path);
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    const where = `${path}:${number}`;
    const text = number === 1 ? line.replace(/^\uFEFF/, '') : line;
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw wrong(where, `is not JSON (${messageOf(error)}); write one {"id", "title", "content"} a line`);
    }
    yield [documentOf(value, where), where];
  }
}

function csvHeader(path: string, columns: string[]): string[] {
  const names = columns.map((name) => name.trim().toLowerCase());
  const listed = (found: string[]): string => found.map((name) => `'${name}'`).join(', ');
  const absent = ['id', 'title', 'content'].filter((name) => !names.includes(name));
  if (absent.length > 0) throw wrong(`${path}:1`, `the header has no column ${listed(absent)}; it needs id,title,content`);
  const twice = ['id', 'title', 'content', 'collection'].filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice.length > 0) throw wrong(`${path}:1`, `the header has more than one column ${listed(twice)}`);
  return names;
}

const count = (record: Record<string, string>, breaks: RegExp): number =>
  Object.values(record).reduce((sum, value) => sum + (value.match(breaks)?.length ?? 0), 0);

async function* fromCsv(path: string): AsyncGenerator<[KnowledgeDocument, string]> {
  await requireUtf8(path);
  const header = (columns: string[]): string[] => csvHeader(path, columns);
  const rows = createReadStream(path).pipe(parse({ bom: true, columns: header, info: true, skip_empty_lines: true }));
  let ended = 1;
  // The parser's line numbers count a \r\n inside quotes twice.
  let twice = 0;
  try {
    for await (const { record, info } of rows as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
      twice += count(record, /\r\n/g);
      ended = info.lines - twice;
      const where = `${path}:${ended - count(record, /\r\n|\r|\n/g)}`;
      yield [documentOf({ ...record, collection: record.collection || undefined }, where), where];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser sees an open quote at the end of the file only: the row after the last whole one has it.
    if (error.code === 'CSV_QUOTE_NOT_CLOSED')
      throw wrong(`${path}:${ended + 1}`, 'is not CSV (a quote opens in this row and never closes)');
    throw wrong(`${path}:${Number((error as { lines?: number }).lines ?? ended + 1) - twice}`, `is not CSV (${error.message})`);
  }
}

async function fromMarkdown(path: string, id: string): Promise<KnowledgeDocument | null> {
  await requireUtf8(path);
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '').replace(/^---\r?\n[\s\S]*?\r?\n---[ \t]*(\r?\n|$)/, '');
  if (text.trim() === '') return null;
  const heading = /^#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/m.exec(text);
  const opens = heading !== null && text.slice(0, heading.index).trim() === '';
  // The first heading is the title; at the top of the file it would be said twice.
  const content = opens ? text.slice(heading.index + heading[0].length).trim() : text.trim();
  const title = heading?.[1] ?? basename(path, extname(path));
  return { id, title, content: content || title };
}

async function* fromFolder(folder: string): AsyncGenerator<[KnowledgeDocument, string]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /\.(md|markdown)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  if (files.length === 0) throw wrong(folder, 'holds no .md file');
  for (const file of files.toSorted()) {
    const document = await fromMarkdown(file, relative(folder, file).split(sep).join('/'));
    if (document) yield [document, file];
  }
}

async function* oneMarkdown(path: string): AsyncGenerator<[KnowledgeDocument, string]> {
  const document = await fromMarkdown(path, basename(path));
  if (!document) throw wrong(path, 'is empty');
  yield [document, path];
}

async function readerFor(path: string): Promise<AsyncGenerator<[KnowledgeDocument, string]>> {
  const found = await stat(path).catch(() => null);
  if (!found) throw wrong(path, 'there is no such file or folder');
  if (found.isDirectory()) return fromFolder(path);
  const kind = extname(path).toLowerCase();
  if (kind === '.jsonl' || kind === '.ndjson') return fromJsonLines(path);
  if (kind === '.csv') return fromCsv(path);
  if (kind === '.md' || kind === '.markdown') return oneMarkdown(path);
  throw wrong(
    path,
    `'${kind || 'no extension'}' is not read; give a .jsonl or .csv file with id, title and content, a .md file, or a folder of them`,
  );
}

/**
 * The documents of a JSONL file, a CSV file, a Markdown file or a folder of Markdown (id: the path in the folder; title: the
 * first heading, or the file's name), one at a time. Throws `invalid_input` that names file and line.
 */
export async function* readDocuments(path: string): AsyncGenerator<KnowledgeDocument> {
  const places = new Map<string, string>();
  for await (const [document, where] of await readerFor(path)) {
    const key = JSON.stringify([document.collection ?? null, document.id]);
    const before = places.get(key);
    if (before !== undefined) throw wrong(where, `the id '${document.id}' is already used at ${before}`);
    places.set(key, where);
    yield document;
  }
  if (places.size === 0) throw wrong(path, 'holds no document');
}
