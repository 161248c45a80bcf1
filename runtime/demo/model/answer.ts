import { chance, promptHash } from './chance.ts';
import { judge, keywordsOf, type Judgement } from './critic.ts';
import { answerQuestions } from './inquiry.ts';
import {
  cutAt,
  faultByChance,
  firstClaim,
  plant,
  refusalText,
  spoilJson,
  type Change,
  type CriticFault,
  type Fault,
  type WriterFault,
} from './faults.ts';
import { fillSchema } from './fill-schema.ts';
import { promptText, readPrompt, type PromptMessage, type ReadPrompt } from './read-prompt.ts';
import { extract } from './meeting/extract.ts';
import { meetingFaultOf, plantInUpdates } from './meeting/faults.ts';
import { judgeMeeting } from './meeting/judge-meeting.ts';
import { readMeeting } from './meeting/read-meeting.ts';
import { judgeSql, judgeTelling } from './sql/judge-sql.ts';
import { plantInSql, sqlFaultOf } from './sql/faults.ts';
import { viewsOf } from './sql/schema.ts';
import { tellResult } from './sql/tell-result.ts';
import { writeSql } from './sql/write-sql.ts';
import { write, type Written } from './writer.ts';

export interface Question {
  model: string;
  messages: readonly PromptMessage[];
  max_tokens: number | null;
  schema: Record<string, unknown> | null;
}

/** Chooses a fault by hand: null for none, undefined to leave it to the hash. `prompt`: all messages as one text, what was answered before in `<previous>`. */
export type FaultPlan = (prompt: string) => Fault | null | undefined;

export interface FaultOptions {
  faults: boolean;
  fault_rate: number;
  plan?: FaultPlan | undefined;
  /** Another one draws other faults. */
  seed?: string | undefined;
}

/** What goes over the wire, and the fault in it. */
export interface Answer {
  content: string;
  refusal: string | null;
  finish: 'stop' | 'length';
  prompt_hash: string;
  role: 'writer' | 'critic';
  fault: (Change & { kind: Fault }) | null;
}

/** How often the critic lets a wrong reply pass, and how often it rejects a right one. */
export const criticRates = { missed: 0.15, false_alarm: 0.04 };
/** A larger writer makes a third of the faults. */
const rateOf = (model: string, rate: number): number => (model.includes('large') ? rate / 3 : rate);
const writerFaults: ReadonlySet<string> = new Set<WriterFault>([
  'unsupported_claim',
  'wrong_amount',
  'missing_citation',
  'malformed_json',
  'refusal',
  'cut_off',
  'wrong_column',
  'lost_filter',
  'stale_value',
  'lost_update',
]);
const isWriterFault = (fault: Fault): fault is WriterFault => writerFaults.has(fault);
/** Characters a token: close enough to count and to cut by. */
const perToken = 4;
export const tokensOf = (text: string): number => Math.ceil(text.length / perToken);

/** The answer to a prompt: text work over what stands in it, no model. The same prompt gets the same answer, fault and all. */
export function answerOf(question: Question, options: FaultOptions): Answer {
  const prompt = readPrompt(question.messages);
  const hash = promptHash(question, options.seed);
  const planned = options.plan?.(promptText(question.messages));
  if ('answers' in ((question.schema?.['properties'] ?? {}) as object)) return inquiryAnswer(prompt, hash);
  const judges = 'verdict' in ((question.schema?.['properties'] ?? {}) as object);
  const answer = judges
    ? criticAnswer(question, { prompt, hash, planned, options })
    : writerAnswer(question, { prompt, hash, planned, options });
  const longest = (question.max_tokens ?? Infinity) * perToken;
  return answer.content.length <= longest ? answer : { ...answer, content: answer.content.slice(0, longest), finish: 'length' };
}

/** Questions that somebody makes of a draft are answered as the passages have it; no fault is planted there. */
const inquiryAnswer = (prompt: ReadPrompt, hash: string): Answer => ({
  content: JSON.stringify({ answers: answerQuestions(prompt) }),
  refusal: null,
  finish: 'stop',
  prompt_hash: hash,
  role: 'critic',
  fault: null,
});

interface Turn {
  prompt: ReadPrompt;
  hash: string;
  planned: Fault | null | undefined;
  options: FaultOptions;
}

function writerAnswer(question: Question, turn: Turn): Answer {
  const { prompt, hash, planned, options } = turn;
  if ('sql' in ((question.schema?.['properties'] ?? {}) as object)) return sqlAnswer(question, turn);
  if ('updates' in ((question.schema?.['properties'] ?? {}) as object)) return meetingAnswer(question, turn);
  const written = prompt.passages[0]?.source.endsWith('.rows') ? { text: tellResult(prompt), cited: [], abstained: false } : write(prompt);
  const planning = planned !== undefined;
  const kind = planning
    ? planned !== null && isWriterFault(planned)
      ? planned
      : null
    : options.faults
      ? faultByChance(hash, rateOf(question.model, options.fault_rate))
      : null;
  const right: Answer = {
    content: contentOf(question, prompt, written),
    refusal: null,
    finish: 'stop',
    prompt_hash: hash,
    role: 'writer',
    fault: null,
  };
  if (kind === null) return right;
  const change = plant(kind, written.text, hash);
  // What was planned goes wrong or not at all.
  if (change === null) return planning ? right : instead(right, { question, prompt, written });
  return faulty(right, kind, { question, prompt, written, change });
}

/** By chance something always goes wrong: where there is no amount to change, a citation is lost or a claim invented. */
function instead(right: Answer, from: { question: Question; prompt: ReadPrompt; written: Written }): Answer {
  const hash = right.prompt_hash;
  const lost = chance(hash, 'instead') < 0.5 ? plant('missing_citation', from.written.text, hash) : null;
  if (lost) return faulty(right, 'missing_citation', { ...from, change: lost });
  return faulty(right, 'unsupported_claim', { ...from, change: plant('unsupported_claim', from.written.text, hash) as Change });
}

function faulty(
  right: Answer,
  kind: WriterFault,
  from: { question: Question; prompt: ReadPrompt; written: Written; change: Change },
): Answer {
  const { change, question, prompt, written } = from;
  const hash = right.prompt_hash;
  const whole = right.content;
  if (kind === 'refusal')
    return { ...right, content: '', refusal: refusalText, fault: { kind, text: refusalText, before: whole, after: refusalText } };
  if (kind === 'malformed_json' || kind === 'cut_off') {
    const content = kind === 'cut_off' ? cutAt(whole, hash) : spoilJson(whole, hash);
    return {
      ...right,
      content,
      finish: kind === 'cut_off' ? 'length' : 'stop',
      fault: { kind, text: content, before: whole.slice(-40), after: content.slice(-40) },
    };
  }
  return { ...right, content: contentOf(question, prompt, { ...written, text: change.text }), fault: { kind, ...change } };
}

function contentOf(question: Question, prompt: ReadPrompt, written: Written): string {
  if (question.schema === null) return written.text;
  const ids = prompt.passages.filter((passage) => written.cited.includes(passage.n)).map((passage) => passage.id);
  const named = {
    text: written.text,
    answer: written.text,
    reply: written.text,
    citations: written.cited,
    cited: written.cited,
    abstained: written.abstained,
    abstain: written.abstained,
  };
  return JSON.stringify(
    fillSchema(question.schema, {
      named: { ...named, missing: written.abstained ? keywordsOf(prompt) : null },
      text: written.text,
      cited: written.cited,
      ids,
      abstained: written.abstained,
    }),
  );
}

function criticAnswer(question: Question, turn: Turn): Answer {
  const { prompt, hash } = turn;
  const right = judgeFor(prompt);
  const kind = criticFault(right, turn);
  const said: Judgement =
    kind === null
      ? right
      : kind === 'missed'
        ? { verdict: 'pass', reason: '', at: null, blames: null, missing: null, score: 0.9 }
        : {
            verdict: 'fail',
            reason: 'The cited passage does not clearly say this for the case that was asked about.',
            at: firstClaim(prompt.reply ?? '') || null,
            blames: null,
            missing: null,
            score: 0.3,
          };
  const content = JSON.stringify(
    fillSchema(question.schema ?? {}, { named: { ...said, evidence: [] }, text: said.reason, cited: [], ids: [], abstained: false }),
  );
  const fault =
    kind === null ? null : { kind, text: content, before: `${right.verdict}: ${right.reason}`, after: `${said.verdict}: ${said.reason}` };
  return { content, refusal: null, finish: 'stop', prompt_hash: hash, role: 'critic', fault };
}

/** What is judged shows by its evidence: a transcript, views, a table, or passages. */
function judgeFor(prompt: ReadPrompt): Judgement {
  if (prompt.main.includes('<transcript>')) return judgeMeeting(prompt.main);
  const source = prompt.passages[0]?.source ?? '';
  if (source.endsWith('.schema')) return judgeSql(prompt);
  return source.endsWith('.rows') ? judgeTelling(prompt) : judge(prompt);
}

/** A statement, and its own faults: a column that does not exist, a condition that was forgotten. */
function sqlAnswer(question: Question, { prompt, hash, planned, options }: Turn): Answer {
  const sql = writeSql(prompt.ask, viewsOf(prompt.passages));
  const right: Answer = { content: JSON.stringify({ sql }), refusal: null, finish: 'stop', prompt_hash: hash, role: 'writer', fault: null };
  const byChance = options.faults && chance(hash, 'fault') < rateOf(question.model, options.fault_rate);
  const kind = planned === undefined ? (byChance ? sqlFaultOf(hash) : null) : planned;
  const change = sql === null || kind === null ? null : plantInSql(kind, sql);
  return change === null || kind === null ? right : { ...right, content: JSON.stringify({ sql: change.text }), fault: { kind, ...change } };
}

/** Changes of records that a talk comes to, and their own faults: a number misread, words that were not said, a value from before its correction. */
function meetingAnswer(question: Question, { prompt, hash, planned, options }: Turn): Answer {
  const meeting = readMeeting(prompt.main);
  const found = meeting === null ? { updates: [], stale: [] } : extract(meeting);
  const content = JSON.stringify({ updates: found.updates });
  const right: Answer = { content, refusal: null, finish: 'stop', prompt_hash: hash, role: 'writer', fault: null };
  const byChance = options.faults && chance(hash, 'fault') < rateOf(question.model, options.fault_rate);
  const kind = planned === undefined ? (byChance ? meetingFaultOf(hash) : null) : planned;
  if (kind === null || !isWriterFault(kind)) return right;
  // What was planned goes wrong or not at all; by chance something does.
  const change = plantInUpdates(kind, found, hash) ?? (planned === undefined ? plantInUpdates('unsupported_claim', found, hash) : null);
  return change === null ? right : { ...right, content: change.text, fault: { kind, ...change } };
}

function criticFault(right: Judgement, { prompt, hash, planned, options }: Turn): CriticFault | null {
  const possible: CriticFault = right.verdict === 'pass' ? 'false_alarm' : 'missed';
  if (planned !== undefined) return planned === possible ? possible : null;
  // To blame the retrieval is no guess: another search is tried whenever nothing was found.
  if (!options.faults || right.blames !== null) return null;
  // Its false alarm is about a cited passage: a reply that cites none gives no cause for one.
  if (possible === 'false_alarm' && !/\[\d+\]/.test(prompt.reply ?? '')) return null;
  return chance(hash, possible) < criticRates[possible] ? possible : null;
}
