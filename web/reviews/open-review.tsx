import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { DecisionBody } from '../api/calls.ts';
import type { Review, Run } from '../api/shapes.ts';
import { chainQuery } from '../api/queries.ts';
import { focusIsLost, giveFocus } from '../app/focus.ts';
import { useKey } from '../app/keys.ts';
import { Badge } from '../parts/badge.tsx';
import { BackIcon } from '../parts/icons.tsx';
import { citedIn } from '../parts/markdown.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { Ago, Due, useNow } from '../parts/time.tsx';
import { record } from '../parts/record.ts';
import { DecisionBar } from './decision-bar.tsx';
import { DecisionCard } from './decision-card.tsx';
import { DraftPanel } from './draft-panel.tsx';
import { EvidencePanel } from './evidence-panel.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { holderOf } from './holder.ts';
import { ReasonDialog, type Asking } from './reason-dialog.tsx';
import css from './review-detail.module.css';
import type { DetailProps } from './review-detail.tsx';
import { askedOf, contextOf, evidenceOf, searchedIn, storyOf, whyAsked } from './review-facts.ts';
import { TicketPanel } from './ticket-panel.tsx';
import { useClaim } from './use-claim.ts';
import { useDraft, type ValueKind } from './use-draft.ts';
import { WhyPanel } from './why-panel.tsx';

export interface OpenProps extends DetailProps {
  review: Review;
  run: Run | undefined;
  /** Why the whole review, with its steps, could not be read. */ trouble: Error | null;
  again(): void;
}

export function OpenReview({ review, run, trouble, again, me, deciding, leave, onBusy }: OpenProps) {
  const empty = review.value === null || review.value === undefined;
  const draft = useDraft(review, useKindWhenEmpty(review, empty));
  const { steps } = review;
  const failure = deciding.failures.get(review.id);
  const pending = review.status === 'pending';
  const [editing, setEditing] = useState(pending && (empty || failure?.problem.status === 422));
  const [touched, setTouched] = useState(false);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [active, setActive] = useState<number | null>(null);
  const [mistake, setMistake] = useState<string | null>(null);
  const editor = useRef<HTMLTextAreaElement>(null);
  const claimProblem = useClaim(review.id, touched && pending);
  const [firstQueue] = useState(review.queue);
  const busy = touched || asking !== null;
  useEffect(() => {
    onBusy(review.id, busy);
    return () => onBusy(review.id, false);
  }, [review.id, busy, onBusy]);

  const send = (body: Omit<DecisionBody, 'version'>): void => {
    void deciding.decide(review, { ...body, version: draft.version });
    leave();
  };
  const approve = (): void => {
    if (!pending || deciding.hasty(review.id)) return;
    if (!draft.dirty && !empty) return send({ decision: 'approve' });
    const parsed = draft.parse();
    if (parsed.ok) return send({ decision: 'edit', value: parsed.value });
    setMistake(parsed.error.detail);
    edit();
  };
  const edit = useCallback((): void => {
    if (!pending) return;
    setEditing(true);
    requestAnimationFrame(() => editor.current?.focus());
  }, [pending]);
  useKey('a', approve, { enabled: pending });
  useKey('e', edit, { enabled: pending });
  useKey('r', () => setAsking('reject'), { enabled: pending });
  useKey('c', () => setAsking('respond'), { enabled: pending });

  const evidence = evidenceOf(review, steps);
  const cited = draft.kind === 'text' ? citedIn(draft.text) : [];
  const story = storyOf(steps ?? []);
  const why = whyAsked(review) ?? (empty ? contextOf(review).why : null);
  useEffect(() => {
    if (focusIsLost()) giveFocus('#review-title');
  }, []);
  // The editor is taken away when the review ends under it.
  useEffect(() => {
    if (!pending && focusIsLost()) giveFocus('#review-title');
  }, [pending]);
  return (
    <article className={css.open} aria-labelledby="review-title">
      <Head review={review} me={me} />
      <div className={css.body}>
        <ScrollBox className={css.main} label="Ticket and draft">
          {failure && (
            <FailureNotice
              failure={failure}
              review={review}
              draft={draft}
              again={() => {
                void deciding.decide(review, failure.body, failure.key);
                leave();
              }}
              dismiss={() => deciding.forgive(review.id)}
            />
          )}
          {!pending && <DecisionCard review={review} />}
          {pending && (why || empty) && (
            <div className={css.strip}>
              <p>
                <strong>{empty ? 'Only a person can answer this. ' : 'Why you are asked: '}</strong>
                {why ?? 'The chain found nothing it could stand behind.'}
              </p>
            </div>
          )}
          {pending && review.queue !== firstQueue && (
            <output className={css.strip}>
              <p>
                <strong>Moved to {review.queue}. </strong>
                Nobody in {firstQueue} decided in time. You can still decide; what you typed is untouched.
              </p>
            </output>
          )}
          {claimProblem && (
            <output className={css.strip}>
              <p>
                {claimProblem.status === 409 ? (
                  <>
                    <strong>{claimProblem.title}. </strong>
                    {claimProblem.message} You can read and type; deciding has to wait until then.
                  </>
                ) : (
                  <>Others cannot see that you are editing: {claimProblem.message}</>
                )}
              </p>
            </output>
          )}
          <TicketPanel review={review} />
          {story && (
            <div className={`${css.strip} ${css.story}`}>
              <p>
                <strong>The loop: </strong>
                {story}
              </p>
            </div>
          )}
          {pending && (
            <DraftPanel
              review={review}
              draft={draft}
              editing={editing}
              editor={editor}
              evidence={evidence}
              active={active}
              setActive={setActive}
              mistake={mistake}
              errors={failure?.problem.errors ?? []}
              onEdit={edit}
              onRead={() => {
                setEditing(false);
                if (!draft.dirty) setTouched(false);
                requestAnimationFrame(() => giveFocus('#draft-heading'));
              }}
              onTouch={() => setTouched(true)}
              onChange={() => setMistake(null)}
              onSave={approve}
              onDiscard={() => {
                draft.discard();
                setTouched(false);
                setEditing(empty);
              }}
            />
          )}
        </ScrollBox>
        <aside className={css.side} aria-label="Evidence and reasons">
          <EvidencePanel
            passages={evidence}
            searched={searchedIn(steps ?? [])}
            loading={steps === undefined && trouble === null && evidence.length === 0}
            cited={cited}
            active={active}
          />
          <WhyPanel review={review} run={run} trouble={trouble} again={again} />
        </aside>
      </div>
      {pending && <DecisionBar dirty={draft.dirty} empty={empty} approve={approve} edit={edit} ask={setAsking} />}
      <ReasonDialog
        asking={asking}
        review={review}
        close={() => setAsking(null)}
        send={(decision, words) => {
          setAsking(null);
          send(decision === 'reject' ? { decision, reason: words } : { decision, comment: words });
        }}
      />
    </article>
  );
}

/** What a person has to write where nothing was proposed: prose if the step answers with `{text}`, else JSON. */
function useKindWhenEmpty(review: Review, empty: boolean): ValueKind {
  const chain = useQuery({ ...chainQuery(review.chain), enabled: empty }).data;
  const fields = record(record(chain?.steps.find((step) => step.name === review.step)?.output)?.['properties']);
  return fields === null || Object.keys(fields).join(' ') === 'text' ? 'text' : 'json';
}

function Head({ review, me }: { review: Review; me: string | null }) {
  const { subject, from, customer, id } = askedOf(review);
  const holder = holderOf(review, { now: useNow(), me });
  return (
    <header className={css.head}>
      <Anchor component={Link} to="/" className={css.back} aria-label="Back to the queue" p={6}>
        <BackIcon size={20} />
      </Anchor>
      <div className={css.titles}>
        <h2 id="review-title" tabIndex={-1} dir="auto">
          {subject}
        </h2>
        <div className={css.meta}>
          {from && <bdi className={css.from}>{from}</bdi>}
          <span className={css.ids} title={[customer, id, review.queue].filter(Boolean).join(' · ')}>
            {customer && (
              <span>
                <span className={css.roomy}>customer </span>
                <code>{customer}</code>
              </span>
            )}
            {id && (
              <span>
                <span className={css.roomy}>{record(contextOf(review).input)?.['body'] === undefined ? 'id' : 'ticket'} </span>
                <code>{id}</code>
              </span>
            )}
            <span>
              <span className={css.roomy}>queue </span>
              {review.queue}
            </span>
          </span>
          <span className={css.asked}>
            asked <Ago at={review.created_at} />
          </span>
          {review.status === 'pending' && review.due_at && <Due at={review.due_at} className={css.due} late={`${css.due} ${css.late}`} />}
          {holder && !holder.mine && (
            <span className={css.held}>
              <Badge tone="accent" dot>
                {holder.name} is editing
              </Badge>
            </span>
          )}
        </div>
      </div>
      <Link className={css.toRun} to={`/runs/${review.run_id}`} aria-label="Open the run">
        <span className={css.roomy}>Open the run</span>
        <span className={css.narrow}>Run</span>
      </Link>
    </header>
  );
}
