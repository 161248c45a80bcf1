import { TrimtabError, type ErrorCode } from '../src/errors.ts';

/** What a log may say of an error. `message` is left out where a customer's words may be in it. */
export interface ErrorFacts {
  type: string;
  code?: string | number;
  message?: string;
  /** Where it was thrown, for a message that is left out. */ at?: string[];
  cause?: ErrorFacts;
}

/** Chain code and receivers word these, maybe with what they were given. */
const wordedByOthers: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['chain_error', 'effect_failed', 'rejected_by_person']);
/** Postgres: connection, resources, an operator, a lost transaction. Other classes quote values. */
const postgresTrouble = /^(08|40|53|55|57|58|XX)/;
const frames = 4;

export function errorFacts(error: unknown, depth = 0): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' || typeof code === 'number' ? { code } : {};
  const cause = depth < 2 && error.cause instanceof Error ? { cause: errorFacts(error.cause, depth + 1) } : {};
  if (isOurs(error)) return { type: error.name, ...known, message: error.message, ...cause };
  return { type: error.name, ...known, at: placesOf(error), ...cause };
}

function isOurs(error: Error): boolean {
  if (error instanceof TrimtabError) return !wordedByOthers.has(error.code);
  const { code, syscall, severity } = error as { code?: unknown; syscall?: unknown; severity?: unknown };
  if (typeof syscall === 'string') return true;
  if (severity !== undefined) return typeof code === 'string' && postgresTrouble.test(code);
  return fromTransport.test(error.message);
}

/** Sentences of pg, undici and gRPC about a connection; whole, so that nothing else can hang on. */
const fromTransport =
  /^(timeout exceeded when trying to connect|Connection terminated( unexpectedly| due to connection timeout)?|fetch failed(: (connect |getaddrinfo )?E[A-Z_]+[\w .:[\]-]{0,100})?|it answered \d{3}|\d+ (UNAVAILABLE|DEADLINE_EXCEEDED): [\w\s:.,()-]{0,200})$/;

const placesOf = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, frames)
    .map((line) => line.trim());
