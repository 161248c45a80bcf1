import { Button, Kbd } from '@mantine/core';
import { useSingleKeys } from '../app/keys.ts';
import css from './decision-bar.module.css';
import type { Asking } from './reason-dialog.tsx';

interface Props {
  dirty: boolean;
  empty: boolean;
  approve(): void;
  edit(): void;
  ask(what: Asking): void;
}

export function DecisionBar({ dirty, empty, approve, edit, ask }: Props) {
  const keys = useSingleKeys();
  const key = (letter: string) =>
    keys && (
      <kbd className={css.key} aria-hidden>
        {letter}
      </kbd>
    );
  const label = empty ? 'Send answer' : dirty ? 'Save and approve' : 'Approve';
  return (
    <div className={dirty || empty ? `${css.bar} ${css.dirty}` : css.bar} role="toolbar" aria-label="Decide">
      <Button onClick={approve} aria-keyshortcuts="A Control+Enter">
        {label}
        {key('A')}
      </Button>
      <Button variant="default" onClick={edit} aria-keyshortcuts="E">
        {empty ? 'Write' : 'Edit'}
        {key('E')}
      </Button>
      <Button variant="default" onClick={() => ask('reject')} aria-keyshortcuts="R">
        Reject{key('R')}
      </Button>
      <Button variant="default" onClick={() => ask('respond')} aria-keyshortcuts="C">
        Ask again{key('C')}
      </Button>
      <span className={css.spring} />
      {keys && (
        <span className={css.moves}>
          <Kbd>J</Kbd> <Kbd>K</Kbd> next, previous
        </span>
      )}
    </div>
  );
}
