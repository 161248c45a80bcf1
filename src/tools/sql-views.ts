import { check, type Check, type Finding } from '../define/check.ts';
import { SourceUnavailable, type Services, type Source, type SqlRelation, type SqlResult } from '../define/source.ts';
import { messageOf, TrimtabError } from '../errors.ts';
import type { Passage } from '../shapes/passage.ts';
import { passageId } from './passage-id.ts';
import { queriesOf, queryOf } from './queries.ts';
import { comparedTexts } from './sql-literals.ts';

export interface SqlViewsOptions {
  name: string;
  /** What may be read, with the schema: `reports.orders`. */
  relations: readonly string[];
  /** Functions beside the usual ones. */
  functions?: readonly string[];
}

/** Null: the question cannot be answered from the views. */
export interface SqlOutput {
  sql: string | null;
}

/** `schema`: one passage a relation. `runs`: a check that runs the statement and looks at what comes. `rows`: the result as a passage. */
export interface SqlViews {
  schema: Source<unknown>;
  runs: Check<SqlOutput>;
  rows: Source<{ sql: string }>;
}

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);

function described({ name, comment, columns }: SqlRelation): string {
  const lines = columns.map((column) => {
    const values = column.values?.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
    const range = column.range ? `${column.range[0]} to ${column.range[1]}` : undefined;
    const about = [column.comment, values ?? range].filter((part) => part !== null && part !== undefined).join('; ');
    return `- ${column.name} ${column.type}${about === '' ? '' : `: ${about}`}`;
  });
  return [`${name}${comment === null ? '' : `: ${comment}`}`, ...lines].join('\n');
}

/** Relations that share words with the question first. */
function nearestFirst(relations: readonly SqlRelation[], query: string): SqlRelation[] {
  const wanted = wordsOf(query);
  const hits = (relation: SqlRelation): number =>
    [...wordsOf(described(relation).replaceAll('_', ' '))].filter((word) => wanted.has(word)).length;
  return relations
    .map((relation) => ({ relation, hits: hits(relation) }))
    .toSorted((a, b) => b.hits - a.hits)
    .map(({ relation }) => relation);
}

const cell = (value: SqlResult['rows'][number][number]): string =>
  value === null ? '(null)' : String(value).replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A table in Markdown. What is said beside it has no number: an answer's numbers are looked for in the text, and a count of ours is no result. */
function tableOf({ columns, rows, more }: SqlResult): string {
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(' | ')} |`);
  const said = more ? ['', 'There are more rows than these.'] : rows.length === 0 ? ['', 'There is no row.'] : [];
  return [...lines, ...said].join('\n');
}

interface PostgresError {
  code: string;
  hint?: string;
  position?: string;
}
const isPostgres = (error: unknown): error is Error & PostgresError =>
  error instanceof Error && /^[0-9A-Z]{5}$/.test(String((error as Partial<PostgresError>).code));
/** Out of resources, an operator's stop, a broken connection: nothing the statement could mend. */
const isTheWorlds = ({ code }: PostgresError): boolean => /^(?:08|53|58|XX)|^57P/.test(code);

/** What Postgres or the guard said, as a finding for the writer; what the world did, as `unsure`. */
function findingOf(error: unknown, sql: string): Finding {
  if (error instanceof SourceUnavailable) return { verdict: 'unsure', reason: error.message };
  if (error instanceof Error && error.name === 'SqlRefused') return { reason: `the statement is refused: ${error.message}` };
  if (!isPostgres(error) || isTheWorlds(error)) return { verdict: 'unsure', reason: `the database did not answer: ${messageOf(error)}` };
  const quote = error.position ? /^[\w.]+|^\S+/.exec(sql.slice(Number(error.position) - 1))?.[0] : undefined;
  return { reason: `Postgres says: ${error.message}${error.hint ? ` (${error.hint})` : ''}`, ...(quote ? { at: { quote } } : {}) };
}

/** Nothing came: is it compared with a value that the column never has? */
async function foreignValues(sql: string, relations: readonly SqlRelation[]): Promise<Finding[]> {
  const columns = relations.flatMap((relation) => relation.columns);
  return (await comparedTexts(sql)).flatMap(({ column, text }) => {
    const named = columns.filter((one) => one.name === column);
    const values = named.flatMap((one) => one.values ?? []);
    if (named.length === 0 || named.some((one) => one.values === null) || values.includes(text)) return [];
    return [
      {
        reason: `nothing matches: ${column} is never '${text}'; it is one of ${values.map((value) => `'${value}'`).join(', ')}`,
        at: { quote: text },
      },
    ];
  });
}

const isNothing = ({ rows }: SqlResult): boolean =>
  rows.length === 0 || (rows.length === 1 && (rows[0] ?? []).every((value) => value === null || value === 0));

async function look(sql: string, services: Services, options: SqlViewsOptions): Promise<Finding[]> {
  try {
    const result = await services.sql(sql, options);
    if (result.more) return [{ reason: `it gives more than ${result.rows.length} rows; summarise, or order them and set a limit` }];
    const twice = result.columns.find((name, index) => result.columns.indexOf(name) !== index);
    if (twice !== undefined) return [{ reason: `two columns are called '${twice}'; give each a name of its own with AS` }];
    return isNothing(result) ? await foreignValues(sql, await services.describeSql(options.relations)) : [];
  } catch (error) {
    return [findingOf(error, sql)];
  }
}

/**
 * Text to SQL on listed views: what they hold, a check that reads, estimates and runs a statement, and its result. The role of
 * TRIMTAB_SQL_URL must be able to read the views and nothing else.
 */
export function sqlViews(options: SqlViewsOptions): SqlViews {
  const { name, relations } = options;
  const odd = relations.find(
    (relation) => !/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(relation) || /^(?:pg_|information_schema\.)/.test(relation),
  );
  if (relations.length === 0 || odd !== undefined)
    throw new TrimtabError(
      'definition',
      `${name}: relations lists names with their schema, as in 'reports.orders'${odd === undefined ? '' : `; '${odd}' is none`}`,
    );
  const passage = (source: string, part: { title: string; text: string }): Passage => ({
    id: passageId(source, part.title, part.text),
    source,
    ...part,
    at: new Date().toISOString(),
    trust: 'untrusted',
  });
  return {
    schema: {
      name: `${name}.schema`,
      place: 'regular',
      async search(input, { keep, missing, services }) {
        const found = await services.describeSql(relations);
        const near = nearestFirst(found, queriesOf(queryOf(input), missing).join(' '));
        return near.slice(0, keep).map((relation) => passage(`${name}.schema`, { title: relation.name, text: described(relation) }));
      },
    },
    runs: check<SqlOutput>(`${name}.runs`, async ({ sql }, { services }) => {
      if (sql === null) return [];
      if (!services) return [{ verdict: 'unsure', reason: 'no database is at hand to run it' }];
      return look(sql, services, options);
    }),
    rows: {
      name: `${name}.rows`,
      place: 'regular',
      async search({ sql }, { services }) {
        try {
          return [passage(`${name}.rows`, { title: 'Result', text: tableOf(await services.sql(sql, options)) })];
        } catch (error) {
          throw error instanceof SourceUnavailable ? error : new SourceUnavailable(`${name}: ${findingOf(error, sql).reason}`);
        }
      },
    },
  };
}
