-- Starts that come quickly are worked together, as the cases of a batch are; nobody asked for a batch, and none is shown.
alter table batches add column gathered boolean not null default false;
-- until then this gathering takes the starts of its chain, and the relay leaves them to it; null: it takes none
alter table batches add column takes_until timestamptz;
create index batches_gathered on batches (chain, started_at) where gathered;

-- The word that wakes the relay names what there is to tell, and is not said for a statement that wrote none.
drop trigger outbox_wake on outbox;
create or replace function outbox_wake() returns trigger language plpgsql as $$
declare topics text;
begin
  select string_agg(distinct topic, ' ') into topics from made;
  if topics is not null then perform pg_notify('trimtab_outbox', topics); end if;
  return null;
end $$;
create trigger outbox_wake after insert on outbox referencing new table as made for each statement execute function outbox_wake();
