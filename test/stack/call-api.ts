export interface ApiAnswer {
  status: number;
  body: any;
  headers: Headers;
}
export interface ApiCall {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** One call of the API with this key. A body that is no text goes as JSON. */
export async function callApi(at: { url: string; key: string }, path: string, call: ApiCall = {}): Promise<ApiAnswer> {
  const response = await fetch(new URL(path, at.url), {
    method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${at.key}`,
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}
