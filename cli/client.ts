import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../src/config.ts';
import { TrimtabError, messageOf } from '../src/errors.ts';
import { whileItRestarts } from './restarting.ts';

/** Where the API is and which key opens it: TRIMTAB_URL and TRIMTAB_API_KEY, else what the local stack wrote. */
interface Credentials {
  url: string;
  api_key: string;
}

/** A refusal of the API, as it was sent. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly problem: { code?: string; detail?: string; next?: string; errors?: { pointer: string; detail: string }[] };
  constructor(status: number, problem: ApiError['problem']) {
    super(problem.detail ?? `the API answered ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

function credentials(): Credentials {
  const found = lookUp();
  if (!URL.canParse(found.url))
    throw new TrimtabError('setup', `TRIMTAB_URL=${found.url} is no URL: use the address of the API, like http://127.0.0.1:8090`);
  return found;
}

function lookUp(): Credentials {
  const { home, secret } = readConfig();
  const url = secret('TRIMTAB_URL');
  const api_key = secret('TRIMTAB_API_KEY');
  if (url && api_key) return { url, api_key };
  const file = join(home, 'credentials.json');
  if (!existsSync(file))
    throw new TrimtabError(
      'setup',
      `no credentials in ${file}: start the stack with 'npx trimtab dev', or set TRIMTAB_URL and TRIMTAB_API_KEY`,
    );
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as Credentials), ...(url ? { url } : {}), ...(api_key ? { api_key } : {}) };
}

export interface Call {
  method?: string;
  query?: Record<string, string | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
}

/** One call of the API. Throws `ApiError` for a refusal, `setup` when nothing answers. */
export async function api<T>(path: string, call: Call = {}): Promise<T> {
  const { url, api_key } = credentials();
  const target = new URL(path, url);
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) target.searchParams.set(name, value);
  const ask = () =>
    fetch(target, {
      method: call.method ?? 'GET',
      headers: {
        authorization: `Bearer ${api_key}`,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  const response = await whileItRestarts(url, ask).catch((error: unknown) => {
    throw new TrimtabError('setup', `nothing answers at ${url} (${causeOf(error)}): start the stack with 'npx trimtab dev'`, {
      cause: error,
    });
  });
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  const strange = new TrimtabError(
    'setup',
    `what answers at ${url} is no trimtab (HTTP ${response.status}): set TRIMTAB_URL to the address of the API`,
  );
  if (!/^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')) throw strange;
  const body: unknown = JSON.parse(text);
  if (!response.ok) throw new ApiError(response.status, body as ApiError['problem']);
  return body as T;
}

/** fetch hides what happened in a cause, and that in an aggregate where a name has several addresses. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return messageOf(error);
  return cause.message || String((cause as NodeJS.ErrnoException).code ?? 'no connection');
}
