import type { AttemptCall } from '../api/shapes.ts';
import { Badge } from '../parts/badge.tsx';
import { money } from '../parts/money.ts';
import { record } from '../parts/record.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { took } from '../parts/time.tsx';
import { ValueText } from '../parts/value-text.tsx';
import css from './trace.module.css';

/** `tool/<turn>/<n>/<name>/<try>`: what the model asked for in that turn. */
const placeOf = (call: string): { turn: string; n: string; name: string } => {
  const [, turn = '', n = '', name = call] = call.split('/');
  return { turn, n, name };
};

export const isTool = ({ call }: AttemptCall): boolean => call.startsWith('tool/');

/** Calls of one turn are made at once, and come in as they end. */
function asAsked(one: AttemptCall, other: AttemptCall): number {
  const [a, b] = [placeOf(one.call), placeOf(other.call)];
  return Number(a.turn) - Number(b.turn) || Number(a.n) - Number(b.n);
}

/** What the model asked for, in its order, with what it was told. */
export function ToolCalls({ calls }: { calls: AttemptCall[] }) {
  return (
    <div>
      <h4>Tools</h4>
      <ol className={css.tools}>
        {calls.toSorted(asAsked).map((call) => (
          <li key={call.call}>
            <ToolCall call={call} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function ToolCall({ call }: { call: AttemptCall }) {
  const { turn, name } = placeOf(call.call);
  const given = record(call.sent)?.['arguments'];
  return (
    <details className={css.more}>
      <summary>
        <strong>{name}</strong> <span className={`quiet ${css.given}`}>{JSON.stringify(given ?? {})}</span>{' '}
        {call.outcome !== 'answer' && (
          <Badge tone={call.outcome === null ? 'accent' : 'bad'}>{call.outcome?.replaceAll('_', ' ') ?? 'under way'}</Badge>
        )}{' '}
        <span className="quiet number">
          turn {turn} · {took(call.latency_ms)}
          {call.cost_usd === 0 || call.outcome === null ? '' : ` · ${money(call.cost_usd)}`}
        </span>
      </summary>
      <div className={css.columns}>
        <Part title="Arguments" value={given} />
        <Part title={call.error === null ? 'Result' : 'Told instead'} value={call.error ?? call.output} />
      </div>
    </details>
  );
}

function Part({ title, value }: { title: string; value: unknown }) {
  return (
    <div>
      <h4>{title}</h4>
      <ScrollBox className={css.box} label={title}>
        <ValueText value={value} />
      </ScrollBox>
    </div>
  );
}
