import type { Judgement } from '../critic.ts';
import type { ReadPrompt } from '../read-prompt.ts';
import { sentencesOf, termsOf } from '../words.ts';
import { comparedIn, namedFlags, namedValues } from './filters.ts';
import { periodOf } from './period.ts';
import { isNumber, viewsOf } from './schema.ts';
import { writeSql } from './write-sql.ts';

const passed: Judgement = { verdict: 'pass', reason: '', at: null, blames: null, missing: null, score: 0.95 };
const failed = (reason: string, at: string | null = null): Judgement => ({
  verdict: 'fail',
  reason,
  at,
  blames: null,
  missing: null,
  score: 0.1,
});

/** Whether all that the question names is in the statement. */
export function judgeSql({ passages, ask, statement }: ReadPrompt): Judgement {
  const views = viewsOf(passages);
  if (statement === null || statement === 'null')
    return writeSql(ask, views) === null ? passed : failed('The views hold what is asked; write a statement.');
  const [base] = views;
  const isSaid = (words: readonly string[]): boolean => words.every((word) => termsOf(statement.replaceAll('_', ' ')).includes(word));
  const lost =
    base &&
    namedValues(ask, views, base).find(({ value }) => !statement.includes(`'${value.replaceAll("'", "''")}'`) && !isSaid(termsOf(value)));
  if (lost) return failed(`The question is about '${lost.value}', and the statement does not restrict ${lost.column.name} to it.`);
  const from = views.find(({ name }) => statement.includes(` from ${name}`));
  const flag = from && namedFlags(ask, from).find(({ column, value }) => !statement.includes(`${column.name} = ${value}`));
  if (flag)
    return failed(`The question asks for a part of the rows, and the statement does not restrict ${flag.column.name} to ${flag.value}.`);
  const limit = from?.columns.some(isNumber) ? comparedIn(ask) : null;
  if (limit && !statement.includes(`${limit.sign} ${limit.number}`))
    return failed(`The question sets a limit, and nothing in the statement is ${limit.sign} ${limit.number}.`);
  const bound = periodOf(ask).find(({ day }) => !statement.includes(day));
  return bound ? failed(`The question speaks of a time, and the statement has no bound at ${bound.day}.`) : passed;
}

/** Whether each sentence is made of the words of the table and the question. */
export function judgeTelling({ passages, ask, reply }: ReadPrompt): Judgement {
  const known = new Set(
    termsOf(
      `${passages
        .map(({ text }) => text)
        .join(' ')
        .replaceAll('_', ' ')} ${ask} nothing fits question`,
    ),
  );
  const odd = sentencesOf((reply ?? '').replaceAll('\n', '. ')).find((sentence) => {
    const words = termsOf(sentence);
    return words.length > 0 && words.filter((word) => !known.has(word)).length / words.length > 0.3;
  });
  return odd === undefined ? passed : failed('The table does not say this.', odd);
}
