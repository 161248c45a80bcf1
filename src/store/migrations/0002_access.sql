-- Keys, people, sessions. Secrets are stored as SHA-256 only.
create table api_keys (
  id text primary key,
  name text not null,
  hash text not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
create table users (
  name text primary key,
  created_at timestamptz not null default now()
);
create table sign_in_links (
  hash text primary key,
  user_name text not null references users on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create table sessions (
  hash text primary key,
  user_name text not null references users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

-- Same key and body, same answer. owner: the api key or user that sent it.
create table idempotency_keys (
  owner text not null,
  key text not null,
  body_hash text not null,
  status int,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (owner, key)
);

create table webhooks (
  id text primary key,
  url text not null,
  events text[] not null,
  secret text not null,
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);
create table deliveries (
  id text primary key,
  webhook_id text not null references webhooks on delete cascade,
  event text not null,
  body jsonb not null,
  status text not null default 'pending' check (status in ('pending','delivered','failed')),
  tries int not null default 0,
  last_status int,
  last_error text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz
);
create index deliveries_newest on deliveries (created_at desc, id desc);
