import { Link } from 'react-router';
import type { Attempt, AttemptCall, Passage, Step } from '../api/shapes.ts';
import { DemoBadge, OutcomeBadge } from '../parts/badge.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { LinkIcon } from '../parts/icons.tsx';
import { counted, money } from '../parts/money.ts';
import { passagesIn } from '../parts/passages.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { took } from '../parts/time.tsx';
import { readable } from '../parts/record.ts';
import { ValueText } from '../parts/value-text.tsx';
import { VerdictLine } from '../parts/verdict-line.tsx';
import { howWords, objection } from '../reviews/review-facts.ts';
import { Sent } from './sent-view.tsx';
import { isTool, ToolCalls } from './tool-calls.tsx';
import css from './trace.module.css';

interface Props {
  id: string;
  step: Step;
  attempt: Attempt;
  before: Attempt | undefined;
  open: boolean;
  named: boolean;
  toggle(open: boolean): void;
}

export function AttemptView({ id, step, attempt, before, open, named, toggle }: Props) {
  const against = attempt.outcome === 'accepted' ? null : objection(attempt);
  return (
    <details
      id={id}
      className={named ? `${css.attempt} ${css.named}` : css.attempt}
      open={open}
      onToggle={(event) => toggle(event.currentTarget.open)}
    >
      <summary className={css.summary} data-attempt={id}>
        <span className={css.chevron} aria-hidden />
        <strong>Attempt {attempt.attempt}</strong>
        <span className="quiet">
          {howWords(step, attempt)}
          {attempt.model ? `, ${attempt.model}` : ''}
        </span>
        <OutcomeBadge outcome={attempt.outcome} />
        {attempt.demo && <DemoBadge />}
        <span className={css.spring} />
        <span className="quiet number">
          {took(attempt.latency_ms)} · {money(attempt.cost_usd)}
          {attempt.usage ? ` · ${counted(attempt.usage.input_tokens + attempt.usage.output_tokens, 'token')}` : ''}
        </span>
        {against && <span className={css.objection}>{against}</span>}
      </summary>
      {open && <Inside id={id} attempt={attempt} before={before} />}
    </details>
  );
}

function Inside({ id, attempt, before }: { id: string; attempt: Attempt; before: Attempt | undefined }) {
  const quotes = attempt.verdicts.flatMap((verdict) => (verdict.verdict !== 'pass' && verdict.at?.quote ? [verdict.at.quote] : []));
  const found = Array.isArray(attempt.output) ? passagesIn(attempt.output) : [];
  const compare =
    before !== undefined &&
    before.output !== null &&
    before.output !== undefined &&
    attempt.output !== null &&
    attempt.output !== undefined;
  return (
    <div className={css.inside}>
      <div className={css.columns}>
        <div>
          <h4>Output</h4>
          <ScrollBox className={css.box} label="Output" dir="auto">
            {found.length > 0 ? (
              <Found passages={found} />
            ) : attempt.outcome === null && (attempt.output === null || attempt.output === undefined) ? (
              <p className="quiet">Nothing yet.</p>
            ) : (
              <ValueText value={attempt.output} quotes={quotes} />
            )}
          </ScrollBox>
          {attempt.error && <p className="quiet">{attempt.error}</p>}
        </div>
        <div>
          <h4>Verdicts</h4>
          {attempt.verdicts.length === 0 ? (
            <p className="quiet">{attempt.outcome === null ? 'Not judged yet.' : 'Nobody judged it.'}</p>
          ) : (
            <ul>
              {attempt.verdicts.map((verdict, i) => (
                <VerdictLine key={i} verdict={verdict} />
              ))}
            </ul>
          )}
          {attempt.sources.length > 0 && (
            <>
              <h4>Sources</h4>
              <ul>
                {attempt.sources.map((source) => (
                  <li key={source.source}>
                    <strong>{source.source}</strong>{' '}
                    <span className="quiet">
                      {source.status}, {counted(source.passages, 'passage')}
                      {source.note ? `: ${source.note}` : ''}
                    </span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      </div>
      {attempt.calls.some(isTool) && <ToolCalls calls={attempt.calls.filter(isTool)} />}
      {attempt.calls.some((call) => !isTool(call)) && <Calls calls={attempt.calls.filter((call) => !isTool(call))} />}
      <div>
        {compare && (
          <More title={`Changes to attempt ${before.attempt}`}>
            <DiffView
              before={readable(before.output)}
              after={readable(attempt.output)}
              label={`Changes from attempt ${before.attempt} to ${attempt.attempt}`}
            />
          </More>
        )}
        {attempt.sent !== null && attempt.sent !== undefined && (
          <More title="What was sent">
            <Sent sent={attempt.sent} />
          </More>
        )}
        <More title="Input of the step">
          <ValueText value={attempt.input} />
        </More>
      </div>
      <p className="quiet">
        <Link to={{ hash: id }}>
          <LinkIcon size={12} /> Link to this attempt
        </Link>
        {attempt.prompt && (
          <>
            {' '}
            · prompt <code>{attempt.prompt.name}</code> version <code>{attempt.prompt.version.slice(0, 12)}</code>
          </>
        )}
      </p>
    </div>
  );
}

function Found({ passages }: { passages: Passage[] }) {
  return (
    <ol className={css.found}>
      {passages.map(({ id, title, source, text }, i) => (
        <li key={id}>
          <p>
            <strong>
              {i + 1}. {title}
            </strong>{' '}
            <span className="quiet">
              {source}, <code>{id}</code>
            </span>
          </p>
          <ValueText value={text} />
        </li>
      ))}
    </ol>
  );
}

function More({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <details className={css.more}>
      <summary>{title}</summary>
      <ScrollBox className={css.box} label={title}>
        {children}
      </ScrollBox>
    </details>
  );
}

const callOutcomes: Record<string, string> = { answer: 'answered', calls: 'asked for tools' };

/** `critic/<name>/<try>` and `turn/<n>/<try>`, as people say it. */
function callWords(call: string): string {
  const [kind = '', what = '', tried = '1'] = call.split('/');
  if (kind !== 'critic' && kind !== 'turn') return call;
  return `${kind} ${what}${tried === '1' ? '' : `, try ${tried}`}`;
}

function Calls({ calls }: { calls: AttemptCall[] }) {
  return (
    <ScrollBox label="Calls of models" className={css.wide}>
      <table className={css.calls}>
        <thead>
          <tr>
            <th>Call</th>
            <th>Model</th>
            <th>Outcome</th>
            <th>Took</th>
            <th>Cost</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.call}>
              <td>{callWords(call.call)}</td>
              <td>{call.model ?? '–'}</td>
              <td>
                {call.outcome === null ? 'under way' : (callOutcomes[call.outcome] ?? call.outcome.replaceAll('_', ' '))}
                {call.error && <span className="quiet">: {call.error}</span>}
              </td>
              <td className="number">{took(call.latency_ms)}</td>
              <td className="number">{money(call.cost_usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
