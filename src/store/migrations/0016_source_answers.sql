-- What the web answered, for a while: a search costs money, and a retry should read what the first attempt read.
create table source_answers (
  -- SHA-256 of source and question: the question itself is not kept.
  key text primary key,
  source text not null,
  content_hash text not null,
  passages jsonb not null,
  read_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index source_answers_by_expiry on source_answers (expires_at);
