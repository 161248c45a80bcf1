-- Many inputs of one chain, each a run of its own, worked in one place until they end or have to wait.
create table batches (
  id text primary key,
  chain text not null,
  started_at timestamptz not null default clock_timestamp(),
  -- set when no case of it is worked any more: all have ended, or go on by themselves
  ended_at timestamptz
);
create index batches_open on batches (id) where ended_at is null;

alter table runs add column batch_id text references batches on delete set null;
-- set when the run goes on as a workflow of its own, because it waits, or its batch is over
alter table runs add column left_batch_at timestamptz;
create index runs_of_batch on runs (batch_id, id) where batch_id is not null;
