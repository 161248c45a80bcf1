import { parse } from 'libpg-query';

type Node = Record<string, unknown>;
const objects = (value: unknown): Node[] =>
  Array.isArray(value) ? value.flatMap(objects) : typeof value === 'object' && value !== null ? [value as Node] : [];

const textIn = (value: unknown): string[] =>
  objects(value).flatMap((node) => {
    const sval = ((node['A_Const'] as Node | undefined)?.['sval'] as Node | undefined)?.['sval'];
    if (typeof sval === 'string') return [sval];
    return objects((node['List'] as Node | undefined)?.['items'] ?? (node['A_ArrayExpr'] as Node | undefined)?.['elements']).flatMap(
      textIn,
    );
  });

const columnIn = (value: unknown): string | null => {
  const fields = objects(objects(value).map((node) => (node['ColumnRef'] as Node | undefined)?.['fields']));
  const last = (fields.at(-1)?.['String'] as Node | undefined)?.['sval'];
  return typeof last === 'string' ? last : null;
};

/** The texts that columns are compared with by `=` and `in`, anywhere in a statement that parses. */
export async function comparedTexts(statement: string): Promise<{ column: string; text: string }[]> {
  const found: { column: string; text: string }[] = [];
  const walk = (value: unknown): void => {
    for (const node of objects(value)) {
      const { lexpr, rexpr, kind } = (node['A_Expr'] ?? {}) as Node;
      const column = columnIn(lexpr) ?? columnIn(rexpr);
      if (column !== null && /^AEXPR_(?:OP|IN|OP_ANY)$/.test(String(kind)))
        found.push(...[...textIn(lexpr), ...textIn(rexpr)].map((text) => ({ column, text })));
      Object.values(node).forEach(walk);
    }
  };
  walk(((await parse(statement)) as { stmts: unknown }).stmts);
  return found;
}
