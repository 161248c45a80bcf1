import { messageOf } from '../errors.ts';
import { SourceUnavailable, type Source, type SourceContext } from '../define/source.ts';
import type { Passage, SourceReport } from '../shapes/passage.ts';
import { interleave } from './interleave.ts';

export interface Gathered {
  passages: Passage[];
  sources: SourceReport[];
}
interface Answer {
  passages: Passage[];
  report: SourceReport;
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

async function ask<I>(source: Source<I>, input: I, context: SourceContext): Promise<Answer> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new SourceUnavailable(`no answer within ${patienceMs / 1_000} s`)), patienceMs);
  const signal = AbortSignal.any([context.signal, limit.signal]);
  try {
    const passages = await within(signal, source.search(input, { ...context, signal }));
    const status = passages.length > 0 ? 'answered' : 'empty';
    return { passages, report: { source: source.name, status, passages: passages.length } };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return { passages: [], report: { source: source.name, status: 'unavailable', passages: 0, note: messageOf(error).slice(0, 500) } };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Ask all sources at once and keep the best of each in turn, at most `keep` together, repeats left out. A source that
 * cannot answer is named in its report, and the others go on. `context.missing`: further queries, one each. Throws only
 * when `context.signal` is aborted.
 */
export async function gather<I>(sources: readonly Source<I>[], input: I, context: SourceContext): Promise<Gathered> {
  const answers = await Promise.all(sources.map((source) => ask(source, input, context)));
  return {
    passages: interleave(
      answers.map((answer) => answer.passages),
      context.keep,
    ),
    sources: answers.map((answer) => answer.report),
  };
}
