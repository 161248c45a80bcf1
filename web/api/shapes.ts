import type { components, paths } from '../generated/api.ts';

/** The nouns of the contract, as the server's OpenAPI page has them. */
type Schemas = components['schemas'];
type Answer<Path extends keyof paths> = paths[Path] extends { get: { responses: { 200: { content: { 'application/json': infer Body } } } } }
  ? Body
  : never;

export type Verdict = Schemas['Verdict'];
export type Attempt = Schemas['Attempt'];
export type AttemptCall = Attempt['calls'][number];
export type SourceReport = Attempt['sources'][number];
export type Step = Schemas['Step'];
export type Decision = Schemas['Decision'];
export type DecisionKind = Decision['decision'];
/** A review from a list comes without its steps. */
export type Review = Schemas['Review'] & Partial<Pick<Answer<'/v1/reviews/{id}'>, 'demo' | 'steps'>>;
export type ReviewStatus = Review['status'];
export type Run = Schemas['Run'] & Partial<Pick<Answer<'/v1/runs/{id}'>, 'temporal_url'>>;
export type RunStatus = Run['status'];
export type Chain = Answer<'/v1/chains/{chain}'>;
export type QueueCount = Answer<'/v1/queues'>['data'][number];
export type Me = Answer<'/v1/me'>;
export type FieldError = NonNullable<Schemas['Problem']['errors']>[number];
export interface List<T> {
  data: T[];
  next_cursor: string | null;
}

/** Evidence lies inside inputs and outputs, whose shape is the chain's own: not in the contract. */
export interface Passage {
  id: string;
  source: string;
  title: string;
  text: string;
  url?: string;
  at: string;
  trust: 'ours' | 'untrusted';
  score?: number;
}
/** The stream also says `hello`, `beat`, and `missed` when events were lost. */
export interface LiveEvent {
  type: 'run' | 'review';
  id: string;
  run_id: string;
  chain: string;
  status: string;
  queue: string | null;
  at: string;
}
