-- The call was not made: its provider is down and left alone, so another provider may be asked at once.
alter table attempts add column left_alone boolean not null default false;
