import type { Open } from '../egress/open.ts';
import type { Passage } from '../shapes/passage.ts';

/** Search over the knowledge base in Postgres. `keep`: at most so many passages, best first. */
export type KnowledgeSearch = (query: string, options: { keep: number; collection?: string }) => Promise<Passage[]>;

/** One parameterised statement on the private database, run read-only by a role that can only read. */
export type ReadOnlyQuery = (sql: string, parameters: unknown[]) => Promise<Record<string, unknown>[]>;

/** What free SQL may name: relations with their schema (`reports.orders`), and functions beside the usual ones. */
export interface SqlAllowed {
  relations: readonly string[];
  functions?: readonly string[];
}

/** `more`: there were more rows than are given. `estimate`: Postgres' guess of the work before it ran. */
export interface SqlResult {
  columns: string[];
  rows: (string | number | boolean | null)[][];
  more: boolean;
  estimate: { cost: number; rows: number };
}

/** One SELECT that somebody else wrote, run by a role that can read the listed relations and nothing else. Throws SqlRefused, or what Postgres says. */
export type FreeSql = (statement: string, allowed: SqlAllowed) => Promise<SqlResult>;

/** A column as a writer of SQL needs it. `values`: all of them where there are few; `range`: the least and the greatest date. */
export interface SqlColumn {
  name: string;
  type: string;
  comment: string | null;
  values: string[] | null;
  range: [string, string] | null;
}
export interface SqlRelation {
  name: string;
  comment: string | null;
  columns: SqlColumn[];
}
/** Look listed relations up, as the role that reads them. One that it may not read is absent. */
export type DescribeSql = (relations: readonly string[]) => Promise<SqlRelation[]>;

/** The statement is not allowed or not good; the message says why, for whoever wrote it. */
export class SqlRefused extends Error {
  override readonly name = 'SqlRefused';
}

/** A tool as its server defines it. */
export interface McpTool {
  name: string;
  title?: string;
  description?: string;
  inputSchema: unknown;
  outputSchema?: unknown;
  annotations?: unknown;
}
export interface McpContent {
  text: string;
  uri?: string;
}

/** Tool servers of trimtab.config.ts. `check` and `call` throw `tool_changed` when the list of tools is not the pinned one. */
export interface Mcp {
  tools(server: string, signal: AbortSignal): Promise<McpTool[]>;
  check(server: string, signal: AbortSignal): Promise<void>;
  call(server: string, wanted: { tool: string; input: Record<string, unknown> }, signal: AbortSignal): Promise<McpContent[]>;
}

/** What was asked of which source; an answer serves `ttl_ms`, 0: it is asked every time. */
export type CachedAnswer = (
  question: { source: string; question: unknown; ttl_ms: number },
  ask: () => Promise<Passage[]>,
) => Promise<Passage[]>;

/** What the worker lends to sources and effects. Secrets are read by name and never stored. */
export interface Services {
  knowledge: KnowledgeSearch;
  database: ReadOnlyQuery;
  /** The egress guard: the one way to an address that data may have chosen. */
  open: Open;
  /** Answers of outside sources, kept in Postgres for a while. */
  cached: CachedAnswer;
  sql: FreeSql;
  describeSql: DescribeSql;
  mcp: Mcp;
  secret(name: string): string | undefined;
  /** Where an outside service is reached when it is not at its public address (tests, gateways). */
  endpoint(name: string): string | undefined;
}

/** `missing`: what a verdict said was not found; one more query each. `paying`: a source with a price calls it before each call that costs it. */
export interface SourceContext {
  keep: number;
  missing: string[];
  signal: AbortSignal;
  paying?: () => void;
  services: Services;
}

/**
 * Somewhere evidence comes from. `place` `local`: our own Postgres, short. `regular`: the network, cancellable.
 * Throw `SourceUnavailable` to be named on the record while the other sources go on.
 */
export interface Source<I = unknown> {
  readonly name: string;
  readonly place: 'local' | 'regular';
  /** What one query costs at most, in USD; absent: nothing. */
  readonly usd?: number;
  search(input: I, context: SourceContext): Promise<Passage[]>;
  /** Asked before the step's call is begun. A TrimtabError thrown here blocks the run until a person has removed the cause (C12). */
  ready?(context: Pick<SourceContext, 'services' | 'signal'>): Promise<void>;
}

/** The source cannot answer (no key, no network); the message says why and what to set. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
}

/** Make a source of your own. `usd`: what one search costs at most, 0 when absent. */
export const source = <I>({
  name,
  place = 'regular',
  usd = 0,
  search,
}: {
  name: string;
  place?: 'local' | 'regular';
  usd?: number;
  search: Source<I>['search'];
}): Source<I> => ({
  name,
  place,
  ...(usd > 0 ? { usd } : {}),
  search(input, context) {
    context.paying?.();
    return search(input, context);
  },
});
