import type { ColumnType, Generated } from 'kysely';

type Time = ColumnType<Date, Date | string | undefined, Date | string | null>;
type OptionalTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** jsonb: written as a JSON string, read as a value. */
type Json = ColumnType<unknown, string | null | undefined, string | null>;

export interface RunsTable {
  id: string;
  chain: string;
  status: Generated<string>;
  input: Json;
  output: Json;
  error: Json;
  user_name: string | null;
  metadata: Json;
  plan: Json;
  demo: Generated<boolean>;
  cancel_requested_at: OptionalTime;
  started_at: Time;
  updated_at: Time;
  ended_at: OptionalTime;
  deleted_at: OptionalTime;
  batch_id: ColumnType<string | null, string | undefined, string | null>;
  left_batch_at: OptionalTime;
}
export interface BatchesTable {
  id: string;
  chain: string;
  gathered: Generated<boolean>;
  takes_until: OptionalTime;
  started_at: Time;
  ended_at: OptionalTime;
}
export interface StepsTable {
  run_id: string;
  step: string;
  occurrence: number;
  pass: number;
  kind: string;
  input: Json;
  input_hash: string;
  status: Generated<string>;
  accepted_attempt: number | null;
  superseded_by: number | null;
  started_at: Time;
}
export interface AttemptsTable {
  run_id: string;
  step: string;
  occurrence: number;
  attempt: number;
  call: string;
  owner: string;
  status: Generated<string>;
  remedy: string;
  answer: number | null;
  provider: string | null;
  model: string | null;
  demo: Generated<boolean>;
  prompt_name: string | null;
  prompt_version: string | null;
  advice: Json;
  sent: Json;
  output: Json;
  output_hash: string | null;
  result: string | null;
  outcome: string | null;
  sources: Json;
  message: string | null;
  retry_after_ms: ColumnType<number | null, number | null | undefined, number | null>;
  left_alone: ColumnType<boolean, boolean | undefined, boolean>;
  input_tokens: number | null;
  output_tokens: number | null;
  cached_tokens: number | null;
  reasoning_tokens: number | null;
  cost_usd: number | null;
  started_at: Time;
  ended_at: OptionalTime;
}
export interface VerdictsTable {
  run_id: string;
  step: string;
  occurrence: number;
  attempt: number;
  call: string;
  n: number;
  critic: string;
  version: string;
  verdict: 'pass' | 'fail' | 'unsure';
  score: number | null;
  reason: string;
  at: Json;
  blames: Json;
  evidence: Json;
  missing: string | null;
}
export interface ReviewsTable {
  id: string;
  run_id: string;
  chain: string;
  step: string;
  occurrence: number;
  ask: number;
  kind: string;
  of_step: string;
  queue: string;
  status: Generated<string>;
  version: Generated<number>;
  value: Json;
  original: Json;
  context: Json;
  verdicts: Json;
  created_at: Time;
  due_at: OptionalTime;
  escalate_at: OptionalTime;
  escalate_to: string | null;
  escalated_at: OptionalTime;
  expires_at: Time;
  assignee: string | null;
  claimed_by: string | null;
  claimed_by_id: string | null;
  assignee_id: string | null;
  claimed_until: OptionalTime;
}
export interface DecisionsTable {
  id: string;
  review_id: string;
  run_id: string;
  decision: string;
  value: Json;
  original: Json;
  reason: string | null;
  comment: string | null;
  by_name: string;
  by_id: string | null;
  at: Time;
}
export interface AuditTable {
  id: Generated<number>;
  at: Time;
  actor: string;
  actor_id: string | null;
  action: string;
  subject: string;
  detail: Json;
}
export interface OutboxTable {
  id: Generated<number>;
  topic: string;
  run_id: string | null;
  payload: Json;
  dedupe: string | null;
  created_at: Time;
  due_at: Time;
  tries: Generated<number>;
  lease_token: string | null;
  lease_until: OptionalTime;
  done_at: OptionalTime;
  failed_at: OptionalTime;
  last_error: string | null;
}
export interface TextsTable {
  run_id: string;
  hash: string;
  body: Buffer;
  created_at: Time;
}
export interface PromptsTable {
  name: string;
  version: string;
  source: string;
  created_at: Time;
}
export interface FeedbackTable {
  id: string;
  run_id: string;
  type: string;
  value: Json;
  user_name: string | null;
  step: string | null;
  attempt: number | null;
  created_at: Time;
}
export interface WorkersTable {
  id: string;
  build: string;
  seen_at: Time;
}
export interface ApiKeysTable {
  id: string;
  name: string;
  hash: string;
  scopes: string[];
  created_at: Time;
  last_used_at: OptionalTime;
  revoked_at: OptionalTime;
}
export interface UsersTable {
  name: string;
  created_at: Time;
}
export interface SignInLinksTable {
  hash: string;
  user_name: string;
  expires_at: Time;
  used_at: OptionalTime;
}
export interface SessionsTable {
  hash: string;
  user_name: string;
  created_at: Time;
  expires_at: Time;
}
export interface IdempotencyKeysTable {
  owner: string;
  key: string;
  body_hash: string;
  status: number | null;
  answer: Json;
  created_at: Time;
}
export interface WebhooksTable {
  id: string;
  url: string;
  events: string[];
  secret: string;
  created_at: Time;
  disabled_at: OptionalTime;
}
export interface DeliveriesTable {
  id: string;
  webhook_id: string;
  event: string;
  body: Json;
  status: Generated<string>;
  tries: Generated<number>;
  last_status: number | null;
  last_error: string | null;
  created_at: Time;
  delivered_at: OptionalTime;
}
export interface DocumentsTable {
  id: string;
  collection: Generated<string>;
  title: string;
  hash: string;
  updated_at: Time;
}
export interface PassagesTable {
  id: string;
  number: Generated<number>;
  collection: string;
  document_id: string;
  n: number;
  title: string;
  heading: Generated<string>;
  text: string;
  length: Generated<number>;
}
export interface TermsTable {
  id: Generated<number>;
  term: string;
  words: number;
  passages: Generated<number>;
  documents: Generated<number>;
  titles: Generated<number>;
}
export interface PassageTermsTable {
  term_id: number;
  passage: number;
  weight: number;
  in_title: boolean;
}
export interface KnowledgeTotalsTable {
  one: Generated<boolean>;
  passages: number;
  mean_length: number;
}

export interface Tables {
  runs: RunsTable;
  batches: BatchesTable;
  steps: StepsTable;
  attempts: AttemptsTable;
  verdicts: VerdictsTable;
  reviews: ReviewsTable;
  decisions: DecisionsTable;
  audit: AuditTable;
  outbox: OutboxTable;
  texts: TextsTable;
  prompts: PromptsTable;
  feedback: FeedbackTable;
  workers: WorkersTable;
  api_keys: ApiKeysTable;
  users: UsersTable;
  sign_in_links: SignInLinksTable;
  sessions: SessionsTable;
  idempotency_keys: IdempotencyKeysTable;
  webhooks: WebhooksTable;
  deliveries: DeliveriesTable;
  documents: DocumentsTable;
  passages: PassagesTable;
  terms: TermsTable;
  passage_terms: PassageTermsTable;
  knowledge_totals: KnowledgeTotalsTable;
}
