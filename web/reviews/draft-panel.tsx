import { Button, SegmentedControl } from '@mantine/core';
import type { RefObject } from 'react';
import type { FieldError, Passage, Review } from '../api/shapes.ts';
import { Badge, DemoBadge } from '../parts/badge.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { CiteButton, Markdown } from '../parts/markdown.tsx';
import { ValueText } from '../parts/value-text.tsx';
import { ValueView } from '../parts/value-view.tsx';
import { DraftEditor } from './draft-editor.tsx';
import { showPassage } from './evidence-panel.tsx';
import css from './review-detail.module.css';
import { toolOf } from './review-facts.ts';
import type { Draft } from './use-draft.ts';

interface Props {
  review: Review;
  draft: Draft;
  editing: boolean;
  editor: RefObject<HTMLTextAreaElement | null>;
  evidence: Passage[];
  active: number | null;
  setActive(n: number | null): void;
  mistake: string | null;
  errors: FieldError[];
  onEdit(): void;
  onRead(): void;
  onTouch(): void;
  onChange(): void;
  onSave(): void;
  onDiscard(): void;
}

/** The proposal: read with its citations, or edited with the differences below. */
export function DraftPanel(props: Props) {
  const { review, draft, editing, onEdit, onRead, onDiscard } = props;
  const empty = review.value === null || review.value === undefined;
  const tool = toolOf(review);
  return (
    <section className={css.panel} aria-labelledby="draft-heading">
      <div className={css.panelHead}>
        <h3 id="draft-heading" tabIndex={-1}>
          {tool === null ? (empty ? 'Your answer' : 'Draft') : `Call of ${tool}`}
        </h3>
        {draft.dirty && <Badge tone="accent">edited</Badge>}
        {review.demo && !empty && <DemoBadge />}
        <span className={css.spring} />
        {draft.dirty && (
          <Button size="compact-xs" variant="subtle" onClick={onDiscard}>
            Discard
          </Button>
        )}
        <SegmentedControl
          size="xs"
          aria-label="How to see the draft"
          data={[
            { label: 'Read', value: 'read' },
            { label: 'Edit', value: 'edit' },
          ]}
          value={editing ? 'edit' : 'read'}
          onChange={(to) => (to === 'edit' ? onEdit() : onRead())}
        />
      </div>
      {editing ? <DraftEditor {...props} /> : <Reading {...props} />}
      {draft.dirty && !empty && (
        <details className={css.changes} open>
          <summary>Changes to the proposal</summary>
          <DiffView before={draft.before} after={draft.text} label="Changes" />
        </details>
      )}
    </section>
  );
}

function Reading({ draft, evidence, active, setActive }: Props) {
  if (draft.text === '')
    return (
      <div className={css.panelBody}>
        <p className="quiet">Nothing is written yet. Press E to write.</p>
      </div>
    );
  if (draft.kind === 'json')
    return (
      <div className={css.panelBody}>
        <Structured draft={draft} />
      </div>
    );
  const cite = (n: number) => (
    <CiteButton
      n={n}
      title={evidence[n - 1]?.title ?? null}
      active={active === n}
      follow={() => {
        setActive(n);
        showPassage(n);
      }}
      hover={(on) => setActive(on ? n : null)}
    />
  );
  return (
    <div className={`${css.panelBody} ${css.prose}`}>
      <Markdown text={draft.text} cite={cite} />
    </div>
  );
}

/** As it will be, edits and all; while they are no JSON, as they stand there. */
function Structured({ draft }: { draft: Draft }) {
  const parsed = draft.parse();
  return parsed.ok && typeof parsed.value === 'object' ? <ValueView value={parsed.value} /> : <ValueText value={draft.text} />;
}
