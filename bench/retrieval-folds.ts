import { searchKnowledge } from '../src/store/knowledge.ts';
import { usualRanking, type Ranking } from '../src/store/knowledge-query.ts';
import type { Database } from '../src/store/database.ts';
import { bootstrap, shown } from './interval.ts';
import { random as generator } from './random.ts';
import { documentsFound, recall, type Case } from './retrieval-recall.ts';

const cutoffs = [10, 25] as const;
/** Random ways to deal the situations into folds; the held-out recall of a situation is its mean over them. */
const deals = 100;

/** Recall of one situation at each cutoff. */
type Recalls = readonly [number, number];
interface Tried {
  ranking: Ranking;
  /** One per situation. */
  recalls: Recalls[];
}

/** The settings to choose from. The usual ones are among them; with `support: 0` or `commonWord: 1` that idea is off. */
function* grid(): Generator<Ranking> {
  for (const support of [0, 0.3, 0.5])
    for (const commonWord of [0.3, 0.5, 1])
      for (const pairWeight of [0.3, 0.5, 0.75])
        for (const textOnly of [0.4, 0.6, 1]) yield { ...usualRanking, support, commonWord, pairWeight, textOnly };
}

async function tryOut(db: Database, cases: readonly Case[], ranking: Ranking): Promise<Tried> {
  const recalls: Recalls[] = [];
  for (const { situation, required_documents: required } of cases) {
    const passages = await searchKnowledge(db, situation, { keep: 75, collection: 'default', ranking });
    const found = [...new Set(await documentsFound(db, passages))];
    recalls.push([recall(found, required, cutoffs[0]), recall(found, required, cutoffs[1])]);
  }
  return { ranking, recalls };
}

const goodness = ({ recalls }: Tried, on: readonly number[]): number =>
  on.reduce((sum, index) => sum + (recalls[index]?.[0] ?? 0) + (recalls[index]?.[1] ?? 0), 0) / on.length;

const bestOn = (tried: readonly Tried[], on: readonly number[]): Tried =>
  tried.reduce((best, one) => (goodness(one, on) > goodness(best, on) ? one : best));

/** Each situation's recall under the settings that were best on the other folds. `order`: fold f holds a stretch of it. */
function heldOut(tried: readonly Tried[], order: readonly number[], folds: number): Recalls[] {
  const out: Recalls[] = Array.from({ length: order.length }, () => [0, 0]);
  for (let fold = 0; fold < folds; fold += 1) {
    const from = Math.floor((fold * order.length) / folds);
    const to = Math.floor(((fold + 1) * order.length) / folds);
    const { recalls } = bestOn(tried, [...order.slice(0, from), ...order.slice(to)]);
    for (const index of order.slice(from, to)) out[index] = recalls[index] ?? [0, 0];
  }
  return out;
}

function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

function dealtOften(tried: readonly Tried[], count: number, folds: number): Recalls[] {
  const random = generator(1);
  const all = Array.from({ length: deals }, () => heldOut(tried, shuffled(count, random), folds));
  const mean = (index: number, k: 0 | 1): number => all.reduce((sum, one) => sum + (one[index]?.[k] ?? 0), 0) / deals;
  return Array.from({ length: count }, (_, index) => [mean(index, 0), mean(index, 1)]);
}

const row = (name: string, recalls: readonly Recalls[]): string =>
  `${name.padEnd(60)} ${([0, 1] as const).map((k) => shown(bootstrap(recalls.map((one) => one[k])))).join('   ')}`;

/**
 * How much of the recall comes from choosing the settings on the situations that are measured: every setting of a grid is
 * tried on all of them, then the best on all but one fold is measured on that fold. Lines to print.
 */
export async function compareFolds(db: Database, cases: readonly Case[], folds: number): Promise<string[]> {
  const tried: Tried[] = [];
  for (const ranking of grid()) tried.push(await tryOut(db, cases, ranking));
  const everyone = cases.map((_, index) => index);
  const usual = await tryOut(db, cases, usualRanking);
  const only = (fits: (ranking: Ranking) => boolean): Recalls[] =>
    dealtOften(
      tried.filter((one) => fits(one.ranking)),
      cases.length,
      folds,
    );
  const typical = (fits: (ranking: Ranking) => boolean): Recalls[] => {
    const some = tried.filter((one) => fits(one.ranking));
    const mean = (index: number, k: 0 | 1): number => some.reduce((sum, one) => sum + (one.recalls[index]?.[k] ?? 0), 0) / some.length;
    return everyone.map((index) => [mean(index, 0), mean(index, 1)]);
  };
  const spread = ([0, 1] as const).map((k) => {
    const means = tried.map((one) => one.recalls.reduce((sum, each) => sum + each[k], 0) / cases.length).toSorted((a, b) => a - b);
    return `${means[0]?.toFixed(3)} to ${means.at(-1)?.toFixed(3)}`;
  });
  const dealt = dealtOften(tried, cases.length, folds);
  const table = [
    row('held out: random folds, mean of 100 deals', dealt),
    row('held out: random halves, mean of 100 deals', dealtOften(tried, cases.length, 2)),
    row('held out: neighbours in the file stay in one fold', heldOut(tried, everyone, folds)),
    row(
      'held out, random, common words count in full',
      only((one) => one.commonWord === 1),
    ),
    row(
      'held out, random, no support by the second passage',
      only((one) => one.support === 0),
    ),
    row(
      'held out, random, neither idea',
      only((one) => one.commonWord === 1 && one.support === 0),
    ),
    row(
      'nothing chosen: mean over the grid',
      typical(() => true),
    ),
    row(
      'nothing chosen: common words count half',
      typical((one) => one.commonWord === 0.5),
    ),
    row(
      'nothing chosen: common words count in full',
      typical((one) => one.commonWord === 1),
    ),
    row(
      'nothing chosen: support 0.5',
      typical((one) => one.support === 0.5),
    ),
    row(
      'nothing chosen: support 0',
      typical((one) => one.support === 0),
    ),
    row('in sample: the usual settings', usual.recalls),
    row('in sample: the best of the grid', bestOn(tried, everyone).recalls),
  ];
  return [
    '',
    `${tried.length} settings, chosen on ${folds - 1} of ${folds} folds and measured on the other; recall@10 and recall@25`,
    ...table,
    `${'in sample: lowest and highest of the grid'.padEnd(60)} ${spread.join('   ')}`,
    `best of the grid on all: ${JSON.stringify(bestOn(tried, everyone).ranking)}`,
  ];
}
