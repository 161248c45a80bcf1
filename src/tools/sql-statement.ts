import { parse } from 'libpg-query';
import { SqlRefused, type SqlAllowed } from '../define/source.ts';
import { messageOf } from '../errors.ts';
import { functions, grammar, isPlace, operators, systemColumns, times, types } from './sql-grammar.ts';

const most = { chars: 10_000, depth: 150 };

type Node = Record<string, unknown>;
/** What a name may mean where the walk is: tables of `with`, and what the caller allows. */
interface At {
  ctes: ReadonlySet<string>;
  relations: ReadonlySet<string>;
  functions: ReadonlySet<string>;
  depth: number;
}

const refuse = (what: string): never => {
  throw new SqlRefused(what);
};

/** Names of a list of String nodes. */
const namesOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).flatMap((one: Node) => {
    const inner = one['String'] as Node | undefined;
    return typeof inner?.['sval'] === 'string' ? [inner['sval']] : [];
  });

/** The name alone, or of pg_catalog, which is where the names that are allowed lead. */
function plainName(value: unknown, what: string): string {
  const names = namesOf(value);
  const [first = '', second] = names;
  if (names.length === 1) return first;
  if (names.length === 2 && first === 'pg_catalog') return second as string;
  return refuse(`${what} ${names.join('.')} is not allowed`);
}

type Rule = (node: Node, at: At) => void;
const rules: Record<string, Rule> = {
  RangeVar({ schemaname, relname }, { ctes, relations }) {
    const name = schemaname === undefined ? String(relname) : `${String(schemaname)}.${String(relname)}`;
    if (schemaname === undefined && ctes.has(name)) return;
    if (!relations.has(name))
      refuse(`the relation ${name} is not allowed; there are: ${[...relations].filter((one) => one.includes('.')).join(', ')}`);
  },
  FuncCall({ funcname }, at) {
    const name = plainName(funcname, 'the function');
    if (!functions.has(name) && !at.functions.has(name)) refuse(`the function ${name} is not allowed`);
  },
  A_Expr({ kind, name }) {
    const operator = plainName(name, 'the operator');
    const between = String(kind).startsWith('AEXPR_') && String(kind).includes('BETWEEN');
    if (!between && !operators.has(operator)) refuse(`the operator ${operator} is not allowed`);
  },
  SubLink({ operName }) {
    if (operName === undefined) return;
    const operator = plainName(operName, 'the operator');
    if (!operators.has(operator)) refuse(`the operator ${operator} is not allowed`);
  },
  TypeName({ names }) {
    const name = plainName(names, 'the type');
    if (!types.has(name)) refuse(`the type ${name} is not allowed`);
  },
  SQLValueFunction({ op }) {
    if (!times.has(String(op))) refuse(`${String(op).replace('SVFOP_', '').toLowerCase()} is not allowed`);
  },
  ColumnRef({ fields }) {
    const name = namesOf(fields).at(-1) ?? '';
    if (systemColumns.has(name)) refuse(`the system column ${name} is not allowed`);
  },
};

function visitAll(value: unknown, at: At): void {
  if (at.depth > most.depth) refuse('the statement is nested too deeply');
  const deeper = { ...at, depth: at.depth + 1 };
  for (const one of Array.isArray(value) ? value : [value]) {
    const entries = Object.entries(one as Node);
    // An empty node stands for a part that was left out.
    if (entries.length === 0) continue;
    const [type, node] = entries[0] as [string, Node];
    if (entries.length > 1) refuse('the statement is of a form that is not allowed');
    visit(type, node, deeper);
  }
}

const said: Record<string, string> = {
  intoClause: 'SELECT INTO',
  lockingClause: 'FOR UPDATE and FOR SHARE',
  recursive: 'WITH RECURSIVE',
  catalogname: 'the name of a database before a relation',
  RangeFunction: 'a function in FROM',
  ParamRef: 'a parameter',
};

function visit(type: string, node: Node, at: At): void {
  const fields = grammar[type];
  if (fields === undefined) return refuse(`${said[type] ?? type} is not allowed; write one SELECT`);
  rules[type]?.(node, at);
  const within = type === 'SelectStmt' ? withTables(node, at) : at;
  for (const [field, value] of Object.entries(node)) {
    if (isPlace(field) || (type === 'SelectStmt' && field === 'withClause')) continue;
    const kind = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (kind === undefined) refuse(`${said[field] ?? `${type} with ${field}`} is not allowed`);
    else if (kind === 'nodes') visitAll(value, within);
    else if (kind !== 'value') visit(kind, value as Node, { ...within, depth: within.depth + 1 });
  }
}

/** Each table of `with` sees those before it and not itself: `with orders as (select * from orders)` reads the real one. */
function withTables(select: Node, at: At): At {
  const clause = select['withClause'] as Node | undefined;
  if (clause === undefined) return at;
  visit('WithClause', { ...clause, ctes: [] }, at);
  let within = at;
  for (const one of clause['ctes'] as Node[]) {
    visitAll(one, within);
    const table = one['CommonTableExpr'] as Node;
    if (Object.keys((table['ctequery'] as Node | undefined) ?? {})[0] !== 'SelectStmt')
      refuse('WITH with anything but SELECT is not allowed');
    within = { ...within, ctes: new Set([...within.ctes, String(table['ctename'])]) };
  }
  return within;
}

async function treeOf(statement: string): Promise<Node[]> {
  try {
    const tree = (await parse(statement)) as { stmts?: Node[] };
    return tree.stmts ?? [];
  } catch (error) {
    throw new SqlRefused(messageOf(error).slice(0, 300));
  }
}

/** Names a relation may be called by: with its schema, and without where no other of the list is called so. */
export function namesFor(relations: readonly string[]): ReadonlySet<string> {
  const short = relations.map((name) => name.split('.').at(-1) ?? name);
  return new Set([...relations, ...short.filter((name, index) => short.indexOf(name) === index && short.lastIndexOf(name) === index)]);
}

/**
 * Read a statement with Postgres' own parser and let it through only when it is one SELECT of allowed relations, functions,
 * operators and types. Returns it without what followed. Throws SqlRefused, with a sentence for whoever wrote it.
 */
export async function checkStatement(statement: string, allowed: SqlAllowed): Promise<string> {
  if (statement.length > most.chars) refuse(`the statement is longer than ${most.chars} characters`);
  if (statement.includes('\0') || /\p{Cs}/u.test(statement)) refuse('the statement holds characters that are no text');
  const stmts = await treeOf(statement);
  if (stmts.length !== 1) refuse(`write exactly one statement, not ${stmts.length}`);
  const [only] = stmts as [Node];
  const tree = only['stmt'] as Node;
  if (!('SelectStmt' in tree)) refuse('only SELECT is allowed');
  visitAll(tree, { ctes: new Set(), relations: namesFor(allowed.relations), functions: new Set(allowed.functions ?? []), depth: 0 });
  // Offsets are in bytes.
  const bytes = Buffer.from(statement);
  const from = Number(only['stmt_location'] ?? 0);
  const length = Number(only['stmt_len'] ?? 0);
  return bytes.subarray(from, length > 0 ? from + length : undefined).toString();
}
