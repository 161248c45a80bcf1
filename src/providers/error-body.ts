const most = 64 * 1024;

async function opening(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    bytes += part.byteLength;
    if (bytes >= most) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * `fetch` for OpenAI's SDK, which reads `error` of an error's body and drops the rest. Compatible servers (vLLM, Mistral,
 * FastAPI) write `{message}` or `{detail}` without it, and what they say decides whether a text was too long. 64 KiB are read.
 */
export const withWholeErrors =
  (reach: typeof fetch): typeof fetch =>
  async (input, init) => {
    const response = await reach(input, init);
    if (response.status < 400 || !/json/.test(response.headers.get('content-type') ?? '')) return response;
    const said = await opening(response);
    return new Response(rewritten(said), { status: response.status, headers: response.headers });
  };

function rewritten(said: string): string {
  try {
    const body: unknown = JSON.parse(said);
    if (!isObject(body) || body['error'] !== undefined) return said;
    const { message, detail } = body;
    const words = [message, detail].find((one) => typeof one === 'string') ?? JSON.stringify(detail ?? body);
    return JSON.stringify({ error: { ...body, message: words } });
  } catch {
    return said;
  }
}
