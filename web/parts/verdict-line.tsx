import type { Verdict } from '../api/shapes.ts';
import { AskIcon, CheckIcon, CrossIcon } from './icons.tsx';
import css from './verdict-line.module.css';

const marks = { pass: CheckIcon, fail: CrossIcon, unsure: AskIcon };
const said = { pass: 'passed', fail: 'failed', unsure: 'unsure' };

export function VerdictLine({ verdict }: { verdict: Verdict }) {
  const Mark = marks[verdict.verdict];
  const { critic, reason, at, blames, missing, score } = verdict;
  return (
    <li className={css.line}>
      <span className={`${css.mark} ${css[verdict.verdict]}`}>
        <Mark />
        <span className="hidden-text">{said[verdict.verdict]}</span>
      </span>
      <span className={css.body}>
        <span className={css.name}>{critic}</span>
        {score !== null && <span className="quiet number"> {score.toFixed(2)}</span>}
        {reason !== '' && (
          <span className="quiet">
            {score !== null && ' ·'} {reason}
          </span>
        )}
        {at?.quote && (
          <>
            {' '}
            <span className={css.quote}>{at.quote}</span>
          </>
        )}
        {at?.pointer && (
          <>
            {' '}
            <code>{at.pointer}</code>
          </>
        )}
        {blames && (
          <span className="quiet">
            {' '}
            blames <strong>{blames.step}</strong>
          </span>
        )}
        {missing && <span className="quiet"> looked for: {missing}</span>}
      </span>
    </li>
  );
}
