/** The nouns of the HTTP contract as the page reads them. Fields that a server may leave out are optional. */
export interface Location { quote?: string; pointer?: string }
export interface Verdict {
  critic: string; version: string; verdict: 'pass' | 'fail' | 'unsure'; score: number | null; reason: string;
  at: Location | null; blames: { step: string; occurrence: number | null } | null; evidence: string[]; missing?: string;
}
export interface Usage { input_tokens: number; output_tokens: number; cached_tokens?: number; reasoning_tokens?: number }
export interface SourceReport { source: string; status: 'answered' | 'empty' | 'unavailable'; passages: number; note?: string }
export interface Passage { id: string; source: string; title: string; text: string; url?: string; at: string; trust: 'ours' | 'untrusted'; score?: number }
export interface AttemptCall {
  call: string; provider: string | null; model: string | null; outcome: string | null;
  usage: Usage | null; cost_usd: number | null; latency_ms: number | null; error: string | null;
}
export interface Attempt {
  attempt: number; answer: number | null; remedy: string; provider: string | null; model: string | null; demo: boolean;
  prompt: { name: string; version: string } | null; input?: unknown; sent?: unknown; output?: unknown; outcome: string | null;
  verdicts: Verdict[]; sources: SourceReport[]; calls: AttemptCall[]; usage: Usage | null; cost_usd: number | null;
  started_at: string; ended_at: string | null; latency_ms: number | null; error: string | null;
}
export type StepKind = 'generate' | 'retrieve' | 'review' | 'act';
export interface Step {
  step: string; occurrence: number; pass: number; superseded_by: number | null; kind: StepKind;
  status: 'running' | 'accepted' | 'failed' | 'superseded'; attempts: Attempt[];
}
export interface RunError { code: string; message: string; next: string; step: string | null }
export type RunStatus = 'running' | 'waiting' | 'blocked' | 'succeeded' | 'failed' | 'cancelled';
export interface RunUsage { input_tokens: number; output_tokens: number; cost_usd: number; unknown_cost_calls: number; attempts: number }
export interface Run {
  id: string; chain: string; status: RunStatus; input?: unknown; output?: unknown; error: RunError | null; review_id: string | null;
  user: string | null; metadata: Record<string, unknown>; usage: RunUsage; plan?: unknown; demo: boolean; started_at: string; ended_at: string | null;
  temporal_url?: string | null;
}
export type DecisionKind = 'approve' | 'edit' | 'reject' | 'respond';
export interface Decision {
  id: string; decision: DecisionKind; value?: unknown; original?: unknown; reason: string | null; comment: string | null; by: string; at: string;
}
export type ReviewStatus = 'pending' | 'decided' | 'expired' | 'cancelled';
export interface Review {
  id: string; queue: string; run_id: string; chain: string; step: string; occurrence: number; status: ReviewStatus; version: number;
  value?: unknown; original?: unknown; context?: unknown; verdicts: Verdict[]; created_at: string; due_at: string | null; expires_at: string;
  claimed_by: string | null; claimed_until: string | null; assignee: string | null; decision: Decision | null; demo?: boolean; steps?: Step[];
}
export interface ChainStep { name: string; kind: string; input: unknown; output: unknown }
export interface Chain { name: string; input: unknown; output: unknown; steps: ChainStep[] }
export interface Me { name: string; kind: 'key' | 'user'; scopes: string[]; demo_model: boolean; temporal_ui: boolean }
export interface List<T> { data: T[]; next_cursor: string | null }
export interface FieldError { pointer: string; detail: string }
/** The stream also says `hello`, `beat`, and `missed` when events were lost. */
export interface LiveEvent { type: 'run' | 'review'; id: string; run_id: string; chain: string; status: string; queue: string | null; at: string }
