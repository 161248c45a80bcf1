import OpenAI from 'openai';
import { asking, type Heard, type Line } from './asking.ts';
import { withWholeErrors } from './error-body.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { bodyOfChat, hearChat, type ChatCalls } from './openai-chat.ts';
import { bodyOfResponse, responseEar } from './openai-responses.ts';
import type { CompletionRequest, Provider, ProviderOptions } from './provider.ts';
import { inItsOwnWay } from './structured.ts';

const home = 'https://api.openai.com/v1';
const isHome = (url: string): boolean => /(^|\.)api\.openai\.com$/.test(URL.canParse(url) ? new URL(url).hostname : '');

/**
 * OpenAI and whatever speaks its protocol: Responses at OpenAI, Chat Completions elsewhere (`base_url` with its `/v1`). Streams, so
 * that bytes can be counted and a heartbeat hangs on them; the SDK's retries are off, the loop has its own. Structured output is a
 * JSON schema, or words where the server refuses that.
 */
export function createOpenAi(options: ProviderOptions): Provider {
  const { name, api_key, base_url = home, fetch: reach = fetch } = options;
  const elsewhere = !isHome(base_url);
  const usual = options.api ?? (elsewhere ? 'chat' : 'responses');
  const client = new OpenAI({
    apiKey: api_key ?? 'none',
    baseURL: base_url,
    maxRetries: 0,
    fetch: guardedFetch,
    logLevel: 'off',
    // The SDK reads these from the environment: they are OpenAI's own and none of another server's business.
    ...(elsewhere ? { organization: null, project: null } : {}),
  });
  const wordsOnly = new Set<string>();
  return {
    name,
    complete: (request, call) =>
      inItsOwnWay(request, wordsOnly, (wanted) =>
        asking(
          { name, secrets: api_key === null ? [] : [api_key], request: wanted, fetch: withWholeErrors(reach), options: call },
          async (line, heard) => {
            const listen = (request.api ?? usual) === 'chat' ? listenToChat : listenToResponse;
            await listen(client, { request: wanted, elsewhere, line, heard });
          },
        ),
      ),
  };
}

interface Talk {
  request: CompletionRequest;
  elsewhere: boolean;
  line: Line;
  heard: Heard;
}

async function listenToChat(client: OpenAI, { request, elsewhere, line, heard }: Talk): Promise<void> {
  const stream = await client.chat.completions.create(bodyOfChat(request, elsewhere), line);
  const calls: ChatCalls = { count: 0, open: new Map() };
  for await (const chunk of stream) hearChat(chunk, heard, calls);
}

async function listenToResponse(client: OpenAI, { request, line, heard }: Talk): Promise<void> {
  const stream = await client.responses.create(bodyOfResponse(request), line);
  const hear = responseEar(heard);
  for await (const event of stream) hear(event);
}
