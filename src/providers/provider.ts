import type { Unanswered } from '../shapes/outcome.ts';
import type { Usage } from '../shapes/usage.ts';

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** `schema` asks for JSON of that shape in the provider's own way; null for plain text. */
export interface CompletionRequest {
  model: string;
  messages: Message[];
  temperature: number | null;
  max_output_tokens: number;
  schema: { name: string; json_schema: Record<string, unknown> } | null;
}

/** `signal` aborts the socket. `onProgress` is called while bytes arrive (a heartbeat hangs on it). `call_id` is for the provider's logs only. */
export interface CompletionOptions {
  signal: AbortSignal;
  onProgress?: () => void;
  call_id?: string;
  max_bytes?: number;
  idle_ms?: number;
}

/** `text` is what the model wrote, unparsed. HTTP 200 is not an answer: finish reasons decide. Never throws but for a bug. */
export type Completion =
  | { type: 'answer'; text: string; usage: Usage | null; model: string }
  | { type: 'nothing'; outcome: Unanswered; message: string; retry_after_ms: number | null; text: string | null; usage: Usage | null };

export interface Provider {
  readonly name: string;
  complete(request: CompletionRequest, options: CompletionOptions): Promise<Completion>;
}
