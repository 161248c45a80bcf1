import type { ReactNode } from 'react';
import type { RunStatus } from '../api/shapes.ts';
import css from './badge.module.css';

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info' | 'accent';

export function Badge({
  tone = 'plain',
  dot = false,
  busy = false,
  title,
  children,
}: {
  tone?: Tone;
  dot?: boolean;
  busy?: boolean;
  title?: string | undefined;
  children: ReactNode;
}) {
  const names = [css.badge, tone === 'plain' ? '' : css[tone], busy ? css.busy : ''].filter(Boolean).join(' ');
  return (
    <span className={names} title={title}>
      {dot && <span className={css.dot} aria-hidden />}
      {children}
    </span>
  );
}

const statusTone: Record<RunStatus, Tone> = {
  running: 'info',
  waiting: 'accent',
  blocked: 'bad',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'plain',
};
const statusWords: Record<RunStatus, string> = {
  running: 'running',
  waiting: 'waiting for a person',
  blocked: 'blocked',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};
export function StatusBadge({ status }: { status: RunStatus }) {
  return (
    <Badge tone={statusTone[status] ?? 'plain'} dot busy={status === 'running'}>
      {statusWords[status] ?? status}
    </Badge>
  );
}

const outcomeTones: Record<string, Tone> = {
  accepted: 'good',
  accepted_under_exhaustion: 'warn',
  rejected: 'bad',
  unsure: 'warn',
  invalid: 'bad',
  cancelled: 'plain',
  sampled: 'plain',
};
/** One that counted among several that were drawn side by side: not chosen itself, and nothing was wrong with it. */
const outcomeWords: Record<string, string> = { sampled: 'one of several', accepted_under_exhaustion: 'accepted as the best there was' };
export function OutcomeBadge({ outcome }: { outcome: string | null }) {
  if (outcome === null)
    return (
      <Badge tone="info" dot busy>
        under way
      </Badge>
    );
  return <Badge tone={outcomeTones[outcome] ?? 'warn'}>{outcomeWords[outcome] ?? outcome.replaceAll('_', ' ')}</Badge>;
}

export function DemoBadge() {
  return (
    <Badge tone="warn" title="Written by the demo model that comes with trimtab, because no provider key is set.">
      demo model
    </Badge>
  );
}
