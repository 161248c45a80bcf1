import { Button } from '@mantine/core';
import type { FieldError, Review } from '../api/shapes.ts';
import { giveFocus } from '../app/focus.ts';
import css from './draft-panel.module.css';
import { lineOf } from './json-lines.ts';
import type { Draft } from './use-draft.ts';
import type { RefObject } from 'react';

interface Props {
  review: Review;
  draft: Draft;
  editor: RefObject<HTMLTextAreaElement | null>;
  mistake: string | null;
  errors: FieldError[];
  onRead(): void;
  onTouch(): void;
  onChange(): void;
  onSave(): void;
}

export function DraftEditor({ review, draft, editor, mistake, errors, onRead, onTouch, onChange, onSave }: Props) {
  const json = draft.kind === 'json';
  const shown = mistake ? [{ pointer: '', detail: mistake }, ...errors] : errors;
  const empty = review.value === null || review.value === undefined;
  return (
    <>
      {shown.length > 0 && <FieldErrors errors={shown} draft={draft} editor={editor} />}
      <textarea
        ref={editor}
        className={json ? `${css.editor} ${css.mono}` : css.editor}
        aria-label={json ? 'Value as JSON' : empty ? 'Your answer' : 'Draft'}
        aria-invalid={shown.length > 0}
        aria-describedby="draft-hint"
        dir="auto"
        spellCheck={!json}
        value={draft.text}
        onFocus={onTouch}
        onChange={(event) => {
          draft.write(event.currentTarget.value);
          onChange();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            onSave();
          }
          if (event.key === 'Escape') {
            event.preventDefault();
            if (empty) giveFocus('#draft-heading');
            else onRead();
          }
        }}
      />
      <div className={css.hint} id="draft-hint">
        <span>Ctrl+Enter saves and approves, Esc leaves. What you type is kept in this tab.</span>
        {empty && (
          <Button size="compact-xs" variant="subtle" onClick={() => draft.setKind(json ? 'text' : 'json')}>
            {json ? 'Write plain text' : 'Write JSON'}
          </Button>
        )}
      </div>
    </>
  );
}

/** What does not fit, each at the line it is about. */
function FieldErrors({ errors, draft, editor }: { errors: FieldError[]; draft: Draft; editor: RefObject<HTMLTextAreaElement | null> }) {
  const jump = (offset: number): void => {
    editor.current?.focus();
    editor.current?.setSelectionRange(offset, offset);
  };
  return (
    <ul className={css.errors} role="alert">
      {errors.map(({ pointer, detail }) => {
        const pointedAt = pointer.replace(/^\/value/, '');
        const place = draft.kind === 'json' ? lineOf(draft.text, pointedAt) : null;
        return (
          <li key={`${pointer} ${detail}`}>
            {place ? (
              <button type="button" className={css.jump} onClick={() => jump(place.offset)}>
                line {place.line}, {pointedAt}
              </button>
            ) : (
              pointedAt !== '' && <code>{pointedAt}</code>
            )}{' '}
            {detail}
          </li>
        );
      })}
    </ul>
  );
}
