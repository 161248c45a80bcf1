-- The knowledge base: documents, split at headings into passages.
create extension if not exists pg_trgm with schema public;

create table documents (
  id text primary key,
  collection text not null default 'default',
  title text not null,
  hash text not null,
  updated_at timestamptz not null default now()
);
create table passages (
  id text primary key,
  document_id text not null references documents on delete cascade,
  collection text not null,
  n int not null,
  title text not null,
  heading text not null default '',
  text text not null,
  search tsvector not null
);
create index passages_search on passages using gin (search);
create index passages_document on passages (document_id, n);
create index passages_trigram on passages using gin ((title || ' ' || heading) public.gin_trgm_ops);
