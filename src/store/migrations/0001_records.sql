-- Runs and everything that happened in them. Ids carry a prefix; times are timestamptz; JSON is jsonb.

create table runs (
  id text primary key,
  chain text not null,
  status text not null default 'running' check (status in ('running','waiting','blocked','succeeded','failed','cancelled')),
  input jsonb,
  output jsonb,
  error jsonb,
  user_name text,
  metadata jsonb not null default '{}',
  plan jsonb,
  demo boolean not null default false,
  cancel_requested_at timestamptz,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  deleted_at timestamptz
);
create index runs_newest on runs (started_at desc, id desc);
create index runs_by_chain on runs (chain, started_at desc);
create index runs_open on runs (status, updated_at) where status in ('running','waiting','blocked');

-- One call of a step by the chain body. superseded_by: the occurrence that replaced it after a backtrack.
create table steps (
  run_id text not null references runs on delete cascade,
  step text not null,
  occurrence int not null,
  pass int not null,
  kind text not null check (kind in ('generate','retrieve','review','act')),
  input jsonb,
  input_hash text not null,
  status text not null default 'running' check (status in ('running','accepted','failed','superseded')),
  accepted_attempt int,
  superseded_by int,
  started_at timestamptz not null default clock_timestamp(),
  primary key (run_id, step, occurrence)
);

-- One row a call, one fence a row (C5). call: 'draft', or 'critic/<name>/<try>'. owner: the token that may finish it.
create table attempts (
  run_id text not null,
  step text not null,
  occurrence int not null,
  attempt int not null,
  call text not null,
  owner uuid not null,
  status text not null default 'started' check (status in ('started','finished')),
  remedy text not null,
  answer int,
  provider text,
  model text,
  demo boolean not null default false,
  prompt_name text,
  prompt_version text,
  advice jsonb,
  sent jsonb,
  output jsonb,
  output_hash text,
  -- what the call brought: 'answer', or the outcome that came instead of one
  result text,
  -- what the loop made of it (drafts only)
  outcome text,
  sources jsonb not null default '[]',
  message text,
  retry_after_ms bigint,
  input_tokens int,
  output_tokens int,
  cached_tokens int,
  reasoning_tokens int,
  cost_usd double precision,
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (run_id, step, occurrence, attempt, call),
  foreign key (run_id, step, occurrence) references steps on delete cascade
);
create index attempts_open on attempts (started_at) where status = 'started';

create table verdicts (
  run_id text not null,
  step text not null,
  occurrence int not null,
  attempt int not null,
  call text not null,
  n int not null,
  critic text not null,
  version text not null,
  verdict text not null check (verdict in ('pass','fail','unsure')),
  score double precision,
  reason text not null,
  at jsonb,
  blames jsonb,
  evidence jsonb not null default '[]',
  missing text,
  primary key (run_id, step, occurrence, attempt, call, n),
  foreign key (run_id, step, occurrence, attempt, call) references attempts on delete cascade
);

create table reviews (
  id text primary key,
  run_id text not null references runs on delete cascade,
  chain text not null,
  step text not null,
  occurrence int not null,
  ask int not null,
  kind text not null check (kind in ('review','human')),
  of_step text not null,
  queue text not null,
  status text not null default 'pending' check (status in ('pending','decided','expired','cancelled')),
  version int not null default 1,
  value jsonb,
  original jsonb,
  context jsonb not null default '{}',
  verdicts jsonb not null default '[]',
  created_at timestamptz not null default now(),
  due_at timestamptz,
  escalate_at timestamptz,
  escalate_to text,
  escalated_at timestamptz,
  expires_at timestamptz not null,
  assignee text,
  claimed_by text,
  claimed_until timestamptz,
  unique (run_id, step, occurrence, ask)
);
create index reviews_queue on reviews (status, due_at nulls last, created_at);
create index reviews_run on reviews (run_id);

-- At most one decision a review (C7).
create table decisions (
  id text primary key,
  review_id text not null unique references reviews on delete cascade,
  run_id text not null,
  decision text not null check (decision in ('approve','edit','reject','respond')),
  value jsonb,
  original jsonb,
  reason text,
  comment text,
  by_name text not null,
  at timestamptz not null default now()
);

create table audit (
  id bigserial primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}'
);

-- What Postgres decided and others must be told (C8). topic: temporal.start, temporal.decision, temporal.cancel, temporal.retry, temporal.delete, webhook.
-- dedupe: the same fact is enqueued once. lease_token fences a relay that was thought dead.
create table outbox (
  id bigserial primary key,
  topic text not null,
  run_id text,
  payload jsonb not null,
  dedupe text unique,
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  tries int not null default 0,
  lease_token uuid,
  lease_until timestamptz,
  done_at timestamptz,
  failed_at timestamptz,
  last_error text
);
create index outbox_due on outbox (due_at, id) where done_at is null and failed_at is null;

create function outbox_wake() returns trigger language plpgsql as $$ begin perform pg_notify('trimtab_outbox', ''); return null; end $$;
create trigger outbox_wake after insert on outbox for each statement execute function outbox_wake();

-- Live pages: what changed, never a value.
create function tell_run() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.status is distinct from old.status or new.deleted_at is distinct from old.deleted_at then
    perform pg_notify('trimtab_events', json_build_object('type','run','id',new.id,'run_id',new.id,'chain',new.chain,'status',new.status,'queue',null,'at',to_char(now() at time zone 'utc','YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text);
  end if;
  return null;
end $$;
create trigger tell_run after insert or update on runs for each row execute function tell_run();
create function tell_review() returns trigger language plpgsql as $$
begin
  perform pg_notify('trimtab_events', json_build_object('type','review','id',new.id,'run_id',new.run_id,'chain',new.chain,'status',new.status,'queue',new.queue,'at',to_char(now() at time zone 'utc','YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text);
  return null;
end $$;
create trigger tell_review after insert or update on reviews for each row execute function tell_review();

-- Texts over 16 KiB that passed through Temporal, by content hash, owned by their run (C10).
create table texts (
  run_id text not null,
  hash text not null,
  body bytea not null,
  created_at timestamptz not null default now(),
  primary key (run_id, hash)
);

create table prompts (
  name text not null,
  version text not null,
  source text not null,
  created_at timestamptz not null default now(),
  primary key (name, version)
);

create table feedback (
  id text primary key,
  run_id text not null references runs on delete cascade,
  type text not null,
  value jsonb,
  user_name text,
  step text,
  attempt int,
  created_at timestamptz not null default now()
);
create index feedback_run on feedback (run_id);

-- What a dead worker would leave: seen by the reconciler and by /readyz.
create table workers (
  id text primary key,
  build text not null,
  seen_at timestamptz not null default now()
);
