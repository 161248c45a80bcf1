import type { Completion, CompletionOptions, CompletionRequest, Provider } from '../../src/providers/provider.ts';
import type { CallEnd, CallStart, Ledger } from '../../src/store/ledger.ts';
import {
  askedAttributes,
  callAttributes,
  callSpan,
  contentAttributes,
  spanName,
  usageAttributes,
  verdictEvent,
  type Asked,
} from './gen-ai.ts';
import type { Observer } from './observer.ts';

type Key = CallStart['key'];
const idOf = (key: Key): string => Object.values(key).join('/');
const factsOf = ({ run_id, step, occurrence, attempt, call }: Key) => ({ run_id, step, occurrence, attempt, call });

/** A person must act: the run will be parked. */
const grave: ReadonlySet<string> = new Set(['auth', 'spend_cap', 'model_gone']);

/**
 * Every call passes two doors: its fence in the ledger, and for a model the provider. Both are watched from outside, so that
 * the hands know nothing of it.
 */
export function watchCalls(
  { ledger, providers }: { ledger: Ledger; providers: ReadonlyMap<string, Provider> },
  observer: Observer,
): { ledger: Ledger; providers: ReadonlyMap<string, Provider> } {
  const underWay = new Map<string, { start: CallStart; at: number; asked?: Asked }>();
  const watched: Ledger = {
    ...ledger,
    async begin(start) {
      const begun = await ledger.begin(start);
      if (begun.type === 'started') underWay.set(idOf(start.key), { start, at: Date.now() });
      else if (begun.type === 'taken') abandoned(observer, start);
      return begun;
    },
    async finish(key, owner, end) {
      const at = Date.now();
      const recorded = await ledger.finish(key, owner, end);
      const known = underWay.get(idOf(key));
      if (known === undefined || known.start.owner !== owner) return recorded;
      underWay.delete(idOf(key));
      if (recorded) finished(observer, { ...known, end, ended: at });
      else observer.log({ level: 'warn', msg: 'late answer refused: another worker has the call', ...factsOf(key) });
      return recorded;
    },
  };
  const heard = (call_id: string | undefined, asked: Asked): void => {
    const known = call_id === undefined ? undefined : underWay.get(call_id);
    if (known) known.asked = asked;
  };
  return {
    ledger: watched,
    providers: new Map([...providers].map(([name, provider]) => [name, timed(provider, { name, observer, heard })])),
  };
}

function timed(
  provider: Provider,
  at: { name: string; observer: Observer; heard(call_id: string | undefined, asked: Asked): void },
): Provider {
  return {
    name: provider.name,
    async complete(request: CompletionRequest, options: CompletionOptions): Promise<Completion> {
      const start = Date.now();
      const completion = await provider.complete(request, options);
      const asked = { start, end: Date.now(), request, completion };
      at.observer.numbers?.asked(at.name, asked);
      at.heard(options.call_id, asked);
      return completion;
    },
  };
}

function finished(
  { tracing, numbers, log }: Observer,
  { start, at, ended, end, asked }: { start: CallStart; at: number; ended: number; end: CallEnd; asked?: Asked },
): void {
  const { result } = end;
  const outcome = result.type === 'nothing' ? result.outcome : result.type;
  numbers?.call(start, end);
  log({
    level: grave.has(outcome) ? 'warn' : outcome === 'answer' || outcome === 'calls' ? 'debug' : 'info',
    msg: 'call',
    ...factsOf(start.key),
    kind: start.kind,
    provider: start.provider,
    model: start.model,
    remedy: start.remedy,
    result: outcome,
    ms: ended - at,
    cost_usd: result.cost_usd,
  });
  if (!tracing.on) return;
  const [from, to] = asked ? [asked.start, asked.end] : [at, ended];
  const verdicts = result.type === 'answer' ? result.verdicts : [];
  tracing.ended(start.key.run_id, {
    name: spanName(start),
    kind: start.kind === 'retrieve' ? 'internal' : 'client',
    key: callSpan(start.key),
    start: from,
    end: to,
    attributes: {
      ...callAttributes(start),
      ...askedAttributes(asked),
      ...usageAttributes(result.usage),
      'trimtab.result': outcome,
      ...(result.cost_usd === null ? {} : { 'trimtab.cost_usd': result.cost_usd }),
      ...(tracing.content ? contentAttributes(asked, end) : {}),
    },
    events: verdicts.map((verdict) => verdictEvent(verdict, { at: to, content: tracing.content })),
    // A critic's verdict is about the draft, whose span another process may have sent long ago.
    ...(start.key.call === 'draft' ? {} : { links: [callSpan({ ...start.key, call: 'draft' })] }),
    error: result.type === 'nothing' ? outcome : undefined,
  });
}

function abandoned({ tracing, numbers, log }: Observer, start: CallStart): void {
  numbers?.abandoned(start);
  log({
    level: 'warn',
    msg: 'call of a lost worker closed as abandoned',
    ...factsOf(start.key),
    provider: start.provider,
    model: start.model,
  });
  const now = Date.now();
  tracing.ended(start.key.run_id, {
    name: spanName(start),
    kind: 'client',
    key: callSpan(start.key),
    start: now,
    end: now,
    attributes: callAttributes(start),
    error: 'abandoned',
  });
}
