import { termsOf } from '../words.ts';
import { comparedIn, conditionOn, equals, namedFlags, namedValues } from './filters.ts';
import { periodOf, withoutPeriod } from './period.ts';
import { columnFor, isDate, isNumber, type Column, type View } from './schema.ts';

/** Words of asking, not of what is asked. */
const asking = new Set(
  termsOf(
    'many number count sum total average mean highest largest biggest lowest smallest cheapest maximum minimum expensive latest last newest earliest first most least top different distinct between since after before until per each every month year list show give name tell find made make place placed sold buy bought sell live lives have has euro eur worth what which when much come came from overall altogether paid',
  ),
);

type Kind = 'count' | 'sum' | 'avg' | 'max' | 'min' | 'list';

/** What is done with what: `how many`, `the average …`. */
function kindOf(text: string): Kind {
  if (/\b(?:average|mean)\b/.test(text)) return 'avg';
  if (/\bhow many\b|\bnumber of\b|\bcount\b/.test(text)) return 'count';
  if (/\b(?:highest|largest|biggest|maximum|most expensive|latest|last|newest)\b/.test(text)) return 'max';
  if (/\b(?:lowest|smallest|minimum|cheapest|earliest|first)\b/.test(text)) return 'min';
  if (/\b(?:total|sum|how much|revenue|sales|turnover|earned|altogether|spent)\b/.test(text)) return 'sum';
  return 'list';
}

interface Group {
  expression: string;
  name: string;
  column: Column;
}

interface Wish {
  text: string;
  kind: Kind;
  views: readonly View[];
}

const columnsOf = (views: readonly View[]): Column[] => views.flatMap((view) => view.columns);
const nounAfter = (text: string, before: RegExp): string => before.exec(text)?.[1] ?? '';

/** Whether enough of the question is about these views; a question about something else stays open. */
function isAbout(text: string, views: readonly View[]): boolean {
  const known = new Set(
    views.flatMap((view) => [...view.words, ...view.columns.flatMap((column) => [...column.words, ...column.values.flatMap(termsOf)])]),
  );
  const words = termsOf(text).filter((word) => !asking.has(word) && !/^\d/.test(word));
  return words.length > 0 && words.filter((word) => !known.has(word)).length / words.length < 0.4;
}

/** The view that is counted or listed: by its name first, then by the columns that are asked about. */
function viewFor({ text, views }: Wish, phrase: string): View | null {
  const words = termsOf(phrase);
  const named = views.find((view) =>
    words.some((word) => termsOf(view.name.split('.').at(-1)?.replaceAll('_', ' ') ?? '').at(-1) === word),
  );
  return named ?? columnFor(phrase, columnsOf(views))?.view ?? columnFor(text, columnsOf(views))?.view ?? null;
}

function groupOf({ text, views, kind }: Wish, base: View): Group | null {
  const phrase =
    nounAfter(text, /\b(?:per|by each|for each|for every|each|in each)\s+([\p{L}_]+(?: [\p{L}_]+)?)/u) ||
    nounAfter(text, /\btop \d+ ([\p{L}]+)/u) ||
    (/\bmost\b|\bleast\b|\bhighest\b|\blowest\b/.test(text)
      ? nounAfter(text, /\b(?:which|what) ([\p{L}]+) (?:has|have|had|sold|made|placed|brought|spent|got)\b/u)
      : '');
  if (phrase === '') return null;
  if (/^(?:month|year)/.test(phrase)) {
    const column = dateColumn(text, base);
    const form = phrase.startsWith('month') ? 'YYYY-MM' : 'YYYY';
    return column && { expression: `to_char(${column.name}, '${form}')`, name: phrase.startsWith('month') ? 'month' : 'year', column };
  }
  const able = columnsOf(views).filter((column) => !(isNumber(column) && kind !== 'list'));
  const exact = able.filter((column) => termsOf(column.name.replaceAll('_', ' ')).some((word) => termsOf(phrase)[0] === word));
  const column = exact.find((one) => one.view === base) ?? exact[0] ?? columnFor(phrase, able, base);
  return column && { expression: column.name, name: column.name, column };
}

const dateColumn = (text: string, base: View): Column | null =>
  columnFor(text, base.columns.filter(isDate)) ?? base.columns.find(isDate) ?? null;

interface Measure {
  expression: string;
  column: Column | null;
  name: string;
  view: View;
}

/** What is computed. Null: the question names nothing that could be. */
function measureOf(wish: Wish): Measure | null {
  const { text, kind, views } = wish;
  const numbers = columnsOf(views).filter(isNumber);
  if (kind === 'count') {
    const noun =
      nounAfter(text, /\b(?:how many|number of)\s+([\p{L} ]+)/u).split(
        /\b(?:are|is|were|was|do|did|have|has|per|in|of|with|over|from|live)\b/,
      )[0] ?? '';
    const distinctly = /\b(?:different|distinct)\b/.test(noun);
    const pieces = distinctly ? undefined : numbers.find((column) => /^quantity$|^count$/.test(column.name) && columnFor(noun, [column]));
    if (pieces) return { column: pieces, expression: `sum(${pieces.name})`, name: pieces.name, view: pieces.view };
    const view = viewFor(wish, noun);
    if (view === null || !isAbout(noun, views)) return null;
    const distinct = distinctly ? columnFor(noun, columnsOf(views)) : null;
    const named = termsOf(noun.replace(/different|distinct/, '')).some((word) => view.words.has(word));
    const column = distinct ?? (named ? null : columnFor(noun, view.columns));
    if (column)
      return { column, expression: `count(distinct ${column.name})`, name: `${column.name.replace(/_id$/, '')}s`, view: column.view };
    return { column: null, expression: 'count(*)', name: view.name.split('.').at(-1) ?? 'rows', view };
  }
  const when = /\bwhen\b|\bdate\b/.test(text);
  const able = when ? columnsOf(views).filter(isDate) : numbers;
  const about = namedValues(text, views, views[0] as View).find(({ column: { view } }) => able.some((one) => one.view === view));
  const column = columnFor(text.replace('in total', ''), able, about?.column.view ?? viewFor(wish, text) ?? undefined);
  if (column === null) return null;
  const expression = kind === 'avg' ? `round(avg(${column.name}), 2)` : `${kind}(${column.name})`;
  return {
    expression,
    column,
    name: kind === 'sum' ? column.name : `${kind}_${column.name}`.replace('avg_', 'average_'),
    view: column.view,
  };
}

function conditionsOf(wish: Wish, base: View, measure: Column | null = null): string[] {
  const { text, views } = wish;
  const conditions: (string | null)[] = [];
  const bounds = periodOf(text);
  const date = bounds.length > 0 ? (dateColumn(text, base) ?? columnsOf(views).find(isDate) ?? null) : null;
  if (date !== null) conditions.push(...bounds.map(({ sign, day }) => conditionOn(date, `${sign} '${day}'`, base)));
  for (const { column, value } of namedValues(text, views, base)) {
    const saidByDate = date !== null && termsOf(value).every((word) => date.words.has(word));
    const saidByMeasure = measure !== null && termsOf(value).every((word) => termsOf(measure.name.replaceAll('_', ' ')).includes(word));
    if (!saidByDate && !saidByMeasure) conditions.push(conditionOn(column, equals(value), base));
  }
  conditions.push(...namedFlags(text, base).map(({ column, value }) => `${column.name} = ${value}`));
  const compared = comparedIn(text);
  if (compared) {
    const numbers = base.columns.filter(isNumber);
    const column = columnFor(text.replace(/\borders?\b/g, ''), numbers) ?? numbers[0];
    if (column) conditions.push(`${column.name} ${compared.sign} ${compared.number}`);
  }
  return conditions.filter((condition) => condition !== null);
}

const whereOf = (conditions: readonly string[]): string =>
  conditions.length > 0 ? ` where ${[...new Set(conditions)].join(' and ')}` : '';

/** A group of another view comes by the key that both have. */
function joinFor(group: Group | null, base: View): string | null {
  if (group === null || group.column.view === base) return '';
  const key = group.column.view.columns.find(({ name }) => name.endsWith('_id') && base.columns.some((own) => own.name === name));
  return key ? ` join ${group.column.view.name} using (${key.name})` : null;
}

function listOf(wish: Wish): string | null {
  const view = viewFor(wish, nounAfter(wish.text, /\b(?:list|show|which|what|find|give me)(?: all)?(?: the)?\s+([\p{L}]+)/u));
  if (view === null) return null;
  const conditions = conditionsOf(wish, view);
  const columns = view.columns.slice(0, 6).map((column) => column.name);
  return `select ${columns.join(', ')} from ${view.name}${whereOf(conditions)} order by ${columns[0]} limit 50`;
}

/** A SELECT for a question, by matching its words with the views' names, meanings and values. Null: they do not hold what is asked. */
export function writeSql(question: string, views: readonly View[]): string | null {
  const text = question.toLowerCase().replaceAll(/\s+/g, ' ');
  if (views.length === 0 || !isAbout(withoutPeriod(text), views)) return null;
  const superlative =
    /\btop (\d+)\b/.exec(text)?.[1] ??
    (/\b(?:which|what) [\p{L}]+ (?:has|have|had|sold|made|placed|brought|spent|got)\b.*\b(?:most|least|highest|lowest)\b/u.test(text)
      ? '1'
      : null);
  let kind = kindOf(text);
  if (superlative !== null && kind !== 'avg') kind = /\b(?:revenue|sales|turnover|spent|earned|value)\b/.test(text) ? 'sum' : 'count';
  const wish: Wish = { text, kind, views };
  if (kind === 'list') return listOf(wish);
  const counted =
    superlative !== null && kind === 'count' ? `how many ${nounAfter(text, /\b(?:most|least|by)\s+([\p{L} ]+)/u)} ${text}` : text;
  const measure = measureOf({ ...wish, text: counted });
  if (measure === null) return null;
  const group = groupOf(wish, measure.view);
  const join = joinFor(group, measure.view);
  if (join === null) return null;
  const named = group && (group.expression === group.name ? group.name : `${group.expression} as ${group.name}`);
  const grouped = named === null ? '' : `${named}, `;
  const by =
    group === null
      ? ''
      : ` group by 1 order by ${superlative === null ? '1' : `2 ${/\bleast\b|\blowest\b/.test(text) ? '' : 'desc'}, 1 limit ${superlative}`.replace('  ', ' ')}`;
  return `select ${grouped}${measure.expression} as ${measure.name} from ${measure.view.name}${join}${whereOf(conditionsOf(wish, measure.view, measure.column))}${by}`;
}
