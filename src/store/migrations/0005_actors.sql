-- A key and a person may carry one name. Their ids tell them apart: user:ada, key_….
alter table reviews add column claimed_by_id text, add column assignee_id text;
update reviews set claimed_by_id = 'user:' || claimed_by where claimed_by is not null;
alter table decisions add column by_id text;
alter table audit add column actor_id text;

-- "Mine": what somebody took and did not give back, or decided.
create index reviews_assignee on reviews (assignee, status) where assignee is not null;

-- An open stream ends with the session or the key it was opened with. Never who.
create function tell_access() returns trigger language plpgsql as $$ begin perform pg_notify('trimtab_access', ''); return null; end $$;
create trigger tell_session after delete on sessions for each statement execute function tell_access();
create trigger tell_key after update of revoked_at on api_keys for each statement execute function tell_access();
