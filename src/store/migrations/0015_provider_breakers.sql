-- A provider that is down is left alone for a while, by all workers.
alter table provider_accounts
  add column failures int not null default 0,
  add column failed_at timestamptz,
  -- open: null is closed; past is half open, one call at a time may try
  add column open_until timestamptz,
  add column openings int not null default 0,
  add column probe_until timestamptz,
  add column trouble text;
