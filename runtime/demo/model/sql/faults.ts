import { chance } from '../chance.ts';
import type { Change, Fault } from '../faults.ts';

export const sqlFaultOf = (hash: string): Fault => (chance(hash, 'kind') < 0.6 ? 'wrong_column' : 'lost_filter');

const keyword =
  /^(?:select|from|where|and|in|group|order|by|as|count|sum|round|avg|max|min|limit|desc|to_char|distinct|join|using|true|false)$/;

/** The statement with a fault in it; null where this kind does not apply. */
export function plantInSql(kind: Fault, sql: string): Change | null {
  if (kind === 'lost_filter') {
    const before = / where .*?(?= group by| order by|$)/.exec(sql)?.[0];
    return before === undefined ? plantInSql('wrong_column', sql) : { text: sql.replace(before, ''), before, after: '' };
  }
  if (kind !== 'wrong_column') return null;
  const before = [...sql.matchAll(/(?<![.'\w])(?<!as )[a-z_]{4,}(?![\w.(']| as)/g)]
    .map(([word]) => word)
    .find((word) => !keyword.test(word));
  if (before === undefined) return null;
  const after = `${before}_name`;
  return { text: sql.replaceAll(new RegExp(`(?<![.'\\w])${before}(?![\\w.(']| as)`, 'g'), after), before, after };
}
