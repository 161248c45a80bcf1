-- The knowledge base: documents, split at headings into passages, and the words of the passages with their weights.
create extension if not exists pg_trgm with schema public;

create table documents (
  collection text not null default 'default',
  id text not null,
  title text not null,
  hash text not null,
  updated_at timestamptz not null default now(),
  primary key (collection, id)
);
-- id: hash of the place (collection, document, heading) and the text, so that it survives a new import. length: its words, weighted.
create table passages (
  id text primary key,
  number int generated always as identity unique,
  collection text not null,
  document_id text not null,
  n int not null,
  title text not null,
  heading text not null default '',
  text text not null,
  length real not null default 0,
  foreign key (collection, document_id) references documents on delete cascade
);
create index passages_document on passages (collection, document_id, n);

-- A term is a stemmed word, or two that stand side by side. passages, documents, titles: in how many of each it occurs;
-- a term that titles use says more about the subject than one that only texts use.
create table terms (
  id int generated always as identity primary key,
  term text not null unique,
  words smallint not null,
  passages int not null default 0,
  documents int not null default 0,
  titles int not null default 0
);
create index terms_trigram on terms using gin (term public.gin_trgm_ops) where words = 1;

create table passage_terms (
  term_id int not null references terms,
  passage int not null references passages (number) on delete cascade,
  weight real not null,
  in_title boolean not null,
  primary key (term_id, passage)
);
create index passage_terms_passage on passage_terms (passage);

-- One row: how many passages there are, and their mean length. Kept by the import.
create table knowledge_totals (
  one boolean primary key default true check (one),
  passages int not null default 0,
  mean_length real not null default 1
);
insert into knowledge_totals default values;
