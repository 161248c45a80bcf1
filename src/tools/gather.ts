import { messageOf, TrimtabError } from '../errors.ts';
import { SourceUnavailable, type Source, type SourceContext } from '../define/source.ts';
import type { Passage, SourceReport } from '../shapes/passage.ts';
import { interleave } from './interleave.ts';

/** `cost_usd`: what the sources' prices come to; null: one that was paid for did not answer, so nobody knows. */
export interface Gathered {
  passages: Passage[];
  sources: SourceReport[];
  cost_usd: number | null;
}
interface Answer {
  passages: Passage[];
  report: SourceReport;
  cost_usd: number | null;
}

/** A source that says nothing for so long is left behind; the step's own time-out comes later. */
const patienceMs = 20_000;

/** Ends with the source, or when the signal does: a source that ignores the signal must not hold the others. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new SourceUnavailable('cancelled'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A slip in the author's code, which would look like an empty source for ever. `fetch` throws TypeErrors too: those have a cause. */
const isBug = (error: unknown): boolean =>
  (error instanceof TypeError || error instanceof ReferenceError) && error.cause === undefined && !/fetch|invalid url/i.test(error.message);

async function ask<I>(source: Source<I>, input: I, context: SourceContext): Promise<Answer> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new SourceUnavailable(`no answer within ${patienceMs / 1_000} s`)), patienceMs);
  const signal = AbortSignal.any([context.signal, limit.signal]);
  let paid = 0;
  const paying = (): void => void (paid += source.usd ?? 0);
  try {
    const passages = await within(signal, source.search(input, { ...context, signal, paying }));
    const status = passages.length > 0 ? 'answered' : 'empty';
    return { passages, report: { source: source.name, status, passages: passages.length }, cost_usd: paid };
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (isBug(error))
      throw new TrimtabError('definition', `the code of source '${source.name}' failed: ${messageOf(error)}`, { cause: error });
    const note = messageOf(error).slice(0, 500);
    return { passages: [], report: { source: source.name, status: 'unavailable', passages: 0, note }, cost_usd: paid > 0 ? null : 0 };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Ask all sources at once and keep the best of each in turn, at most `keep` together, repeats left out. A source that
 * cannot answer is named in its report, and the others go on. `context.missing`: further queries, one each. Throws when
 * `context.signal` is aborted, and `definition` when the author's code of a source has a bug.
 */
export async function gather<I>(sources: readonly Source<I>[], input: I, context: SourceContext): Promise<Gathered> {
  const answers = await Promise.all(sources.map((source) => ask(source, input, context)));
  return {
    passages: interleave(
      answers.map((answer) => answer.passages),
      context.keep,
    ),
    sources: answers.map((answer) => answer.report),
    cost_usd: answers.some((answer) => answer.cost_usd === null) ? null : answers.reduce((sum, answer) => sum + (answer.cost_usd ?? 0), 0),
  };
}
