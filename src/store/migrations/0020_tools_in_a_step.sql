-- A model with tools speaks in turns: call is 'draft' for the first, 'turn/<turn>/<try>' after it, 'tool/<turn>/<n>/<name>/<try>' for what it
-- asked for between them; result is 'calls' where it asked for tools. A call that writes is a review of its own kind; its value are the arguments.
alter table reviews drop constraint reviews_kind_check, add constraint reviews_kind_check check (kind in ('review','human','tool'));

-- The answer of an attempt is what the model said in its last turn.
create or replace view attempt_records as
select
  r.id as run_id, r.chain, r.user_name, r.status as run_status,
  s.step, s.occurrence, s.pass, s.kind, s.status as step_status, s.superseded_by,
  a.attempt, a.answer, a.remedy, a.provider, a.model, a.demo, a.prompt_name, a.prompt_version,
  s.input, a.advice, a.sent, case when l.result <> 'calls' then l.output end as output,
  coalesce(a.outcome, case when l.result not in ('answer','calls') then l.result end) as outcome, l.message,
  coalesce((select jsonb_agg(to_jsonb(v) - array['run_id','step','occurrence','attempt'] order by v.call, v.n) from verdicts v
    where v.run_id = a.run_id and v.step = a.step and v.occurrence = a.occurrence and v.attempt = a.attempt), '[]') as verdicts,
  a.input_tokens, a.output_tokens, a.cost_usd,
  (select sum(c.cost_usd) from attempts c where c.run_id = a.run_id and c.step = a.step and c.occurrence = a.occurrence and c.attempt = a.attempt) as cost_usd_with_critics,
  (select jsonb_build_object('decision', d.decision, 'by', d.by_name, 'by_id', d.by_id, 'at', d.at, 'reason', d.reason, 'comment', d.comment, 'value', d.value, 'original', d.original)
     from reviews w join decisions d on d.review_id = w.id
    where w.run_id = a.run_id and w.of_step = a.step and w.kind <> 'tool'
      and (a.occurrence, a.attempt) = (
        select b.occurrence, b.attempt from attempts b
         where b.run_id = w.run_id and b.step = w.of_step and (b.call = 'draft' or b.call like 'turn/%') and b.started_at <= d.at
         order by (b.output = w.original) is true desc, b.started_at desc limit 1)
    order by d.at desc limit 1) as decision,
  a.started_at, l.ended_at
from attempts a
join lateral (
  select t.result, t.output, t.message, t.ended_at from attempts t
   where t.run_id = a.run_id and t.step = a.step and t.occurrence = a.occurrence and t.attempt = a.attempt and (t.call = 'draft' or t.call like 'turn/%')
   order by t.started_at desc limit 1) l on true
join steps s using (run_id, step, occurrence)
join runs r on r.id = a.run_id
where a.call = 'draft';
