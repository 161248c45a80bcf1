import type { Unanswered } from '../shapes/outcome.ts';
import type { Usage } from '../shapes/usage.ts';

/** An image (`image/png`, `jpeg`, `gif`, `webp`) or a PDF beside the text. `data` in base64. */
export interface InputPart {
  media_type: string;
  name: string;
  data: string;
}

/** A call of a tool in a message: `id` ties the result to it, and is ours. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: Record<string, unknown>;
}
export interface ToolAnswer {
  id: string;
  name: string;
  content: string;
  is_error: boolean;
}

/**
 * `parts` go with the text of a user's message. A model that takes none answers 400, which is `invalid`. `calls`: what an assistant
 * asked for beside its text; `results`: what a user's message tells of them, instead of text.
 */
export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
  parts?: readonly InputPart[];
  calls?: readonly ToolCall[];
  results?: readonly ToolAnswer[];
}

/** A tool as the model is told of it. */
export interface ToolOffer {
  name: string;
  description: string;
  json_schema: Record<string, unknown>;
}

/**
 * `schema` asks for JSON of that shape in the provider's own way (`structured: 'text'`: in words); null for plain text.
 * `tools`: what the model may ask for instead of an answer; `answers`: not any more, although it did before. `api`: which wire format, where a provider speaks two.
 */
export interface CompletionRequest {
  model: string;
  messages: Message[];
  temperature: number | null;
  max_output_tokens: number;
  schema: { name: string; json_schema: Record<string, unknown> } | null;
  tools?: { offers: readonly ToolOffer[]; answers: boolean } | undefined;
  structured?: 'schema' | 'text' | undefined;
  api?: 'chat' | 'responses' | undefined;
}

/**
 * `signal` aborts the socket. `onProgress` is called while bytes arrive (a heartbeat hangs on it). `onResponse` hears the status and
 * the headers of the answer. `call_id` is for the provider's logs only. Limits of the stream: `max_bytes` (4 MiB), `idle_ms` without a
 * byte (60 s), `total_ms` for all of it (an hour); the text has a limit by `max_output_tokens`.
 */
export interface CompletionOptions {
  signal: AbortSignal;
  onProgress?: () => void;
  onResponse?: (status: number, headers: Headers) => void;
  call_id?: string;
  max_bytes?: number;
  idle_ms?: number;
  total_ms?: number;
}

/** `text` is what the model wrote, unparsed. HTTP 200 is not an answer: finish reasons decide. Never throws but for a bug. */
export type Completion =
  | { type: 'answer'; text: string; usage: Usage | null; model: string }
  /** The model asks for tools; `arguments` as it wrote them, which may be no JSON. */
  | { type: 'calls'; text: string; calls: { name: string; arguments: string }[]; usage: Usage | null; model: string }
  | {
      type: 'nothing';
      outcome: Unanswered;
      /** Nobody was asked: the provider is down and left alone for a while. */
      left_alone?: true;
      message: string;
      retry_after_ms: number | null;
      text: string | null;
      usage: Usage | null;
    };

export interface Provider {
  readonly name: string;
  complete(request: CompletionRequest, options: CompletionOptions): Promise<Completion>;
}

/**
 * What every provider is made of. `api_key` null: the server wants none. `base_url`: default is the provider's own. `api`: which wire
 * format, where a provider speaks two and a request does not say. `fetch`: for a proxy or a private certificate.
 */
export interface ProviderOptions {
  name: string;
  api_key: string | null;
  base_url?: string;
  api?: 'chat' | 'responses';
  fetch?: typeof fetch;
}
export type MakeProvider = (options: ProviderOptions) => Provider;
