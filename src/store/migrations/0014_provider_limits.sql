-- Limits of a provider account that all workers share. Times are the database's own, so that workers' clocks need not agree.
create table provider_accounts (
  account text primary key,
  -- the provider said how long to stay away
  paused_until timestamptz,
  -- what its headers said last of calls and tokens: its limit, what is left of it, when it is full again
  heard_at timestamptz,
  requests_limit bigint,
  requests_left bigint,
  requests_full_at timestamptz,
  tokens_limit bigint,
  tokens_left bigint,
  tokens_full_at timestamptz
);

-- One row a call that was let through, for as long as it counts: a minute, or until it is over.
create table provider_grants (
  id uuid primary key,
  account text not null references provider_accounts on delete cascade,
  chain text not null,
  at timestamptz not null,
  -- estimated before the call, counted after it
  tokens bigint not null,
  -- a lost worker's call is over then
  until timestamptz not null,
  done boolean not null default false
);
create index provider_grants_recent on provider_grants (account, at);

-- How many calls of a chain wait in a process. A row that is not renewed belongs to a process that is gone.
create table provider_waiting (
  account text not null references provider_accounts on delete cascade,
  chain text not null,
  process uuid not null,
  calls int not null,
  seen_at timestamptz not null,
  primary key (account, chain, process)
);
