import { workflow } from 'trimtab/workflow';
import type { textToSql as definition } from './definition.ts';

export const textToSql = workflow<typeof definition>(async ({ question }, { schema, query, rows, answer }) => {
  const views = await schema({ question });
  const { sql } = await query({ question, schema: views });
  if (sql === null) return { text: 'I cannot answer that from the data I may read.', sql };
  const found = await rows({ sql });
  const { text } = await answer({ question, sql, found });
  return { text, sql };
});
