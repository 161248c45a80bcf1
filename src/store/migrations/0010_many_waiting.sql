-- Ten thousand runs that wait for people, ten thousand starts at once: what is asked all the time reads an index.

-- The queue's own order: pending first, by due time, by age. The expressions are those of listReviews.
create index reviews_in_order on reviews ((case when status = 'pending' then 0 else 1 end), (coalesce(due_at, 'infinity'::timestamptz)), created_at, id);
create index reviews_escalate on reviews (escalate_at) where status = 'pending' and escalated_at is null and escalate_to is not null;

-- Is a word about this run still on its way? Asked for every message that is leased, and by the reconciler for every open run.
create index outbox_by_run on outbox (run_id, id) where done_at is null and failed_at is null and topic <> 'webhook';
-- Starts are taken from the chains in turn.
create index outbox_starts on outbox ((coalesce(payload ->> 'chain', '')), id) where topic = 'temporal.start' and done_at is null and failed_at is null;
-- Deleting a run forgets the answers that were kept for it.
create index idempotency_by_answer on idempotency_keys ((answer ->> 'id'));
create index idempotency_by_run on idempotency_keys ((answer ->> 'run_id'));
