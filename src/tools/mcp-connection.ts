import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport, getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { canonical, hashOf } from '../correct/canonical.ts';
import type { McpServerConfig } from '../define/config.ts';
import type { Mcp, McpContent, McpTool } from '../define/source.ts';
import { asFetch } from '../egress/as-fetch.ts';
import { createOpen } from '../egress/open.ts';
import { bareHost, type EgressPolicy } from '../egress/policy.ts';
import { TrimtabError } from '../errors.ts';

const most = { answer_bytes: 2 * 1024 * 1024, tools: 500, pages: 20 };

/** The pinned list of a server's tools: names, words and schemas, in the order of the names. */
export const hashOfTools = (tools: readonly McpTool[]): string => hashOf(tools.toSorted((a, b) => (a.name < b.name ? -1 : 1)));

/** What a server says its schemas are is not compiled into code: what it answers is text for us. */
const trusting = { getValidator: () => (data: unknown) => ({ valid: true as const, data: data as never, errorMessage: undefined }) };

export interface McpDependencies {
  servers: Readonly<Record<string, McpServerConfig>>;
  policy: EgressPolicy;
  secret(name: string): string | undefined;
  /** How long a call may take, with all that belongs to it: 15 s when absent. */
  call_ms?: number;
}

/** The operator named the address, so it may be inside; redirects and everything else go where the guard lets them. */
function overHttp(
  name: string,
  server: Extract<McpServerConfig, { url: string }>,
  { stop, call_ms, ...deps }: McpDependencies & { stop: Stop; call_ms: number },
): Transport {
  if (!URL.canParse(server.url)) throw new TrimtabError('config', `mcp.${name}.url is no address; mend it in trimtab.config.ts`);
  const url = new URL(server.url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const open = createOpen({ ...deps.policy, allow: [...deps.policy.allow, `${url.hostname}:${port}`] });
  const token = server.token === undefined ? undefined : deps.secret(server.token);
  if (server.token !== undefined && token === undefined) throw new TrimtabError('config', `mcp.${name} needs a token; set ${server.token}`);
  return new StreamableHTTPClientTransport(url, {
    fetch: asFetch(open, { timeout_ms: call_ms, max_bytes: most.answer_bytes, hosts: [bareHost(url.hostname)], onCut: stop }),
    reconnectionOptions: { maxRetries: 0, initialReconnectionDelay: 1_000, maxReconnectionDelay: 1_000, reconnectionDelayGrowFactor: 1 },
    ...(token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
  });
}

/** A program that the operator named, with the variables that the operator listed and the few that every program has. */
function overStdio(server: Extract<McpServerConfig, { command: string }>, deps: McpDependencies): Transport {
  const named = (server.env ?? []).flatMap((name) => {
    const value = deps.secret(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return new StdioClientTransport({
    command: server.command,
    args: [...(server.args ?? [])],
    env: { ...getDefaultEnvironment(), ...Object.fromEntries(named) },
    stderr: 'ignore',
    maxBufferSize: most.answer_bytes,
  });
}

async function listed(client: Client, { signal, call_ms }: Inside): Promise<McpTool[]> {
  const tools: McpTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < most.pages; page += 1) {
    const answer = await client.listTools(cursor === undefined ? {} : { cursor }, { signal, timeout: call_ms });
    for (const { name, title, description, inputSchema, outputSchema, annotations } of answer.tools)
      tools.push(JSON.parse(canonical({ name, title, description, inputSchema, outputSchema, annotations })) as McpTool);
    if (tools.length > most.tools) throw new Error(`it lists more than ${most.tools} tools`);
    cursor = answer.nextCursor;
    if (cursor === undefined) return tools;
  }
  throw new Error(`its list of tools has more than ${most.pages} pages`);
}

function textOf(block: { type: string } & Record<string, unknown>): McpContent[] {
  if (block.type === 'text') return [{ text: String(block['text']) }];
  if (block.type !== 'resource') return [];
  const { text, uri } = (block['resource'] ?? {}) as { text?: unknown; uri?: unknown };
  return typeof text === 'string' ? [{ text, ...(typeof uri === 'string' ? { uri } : {}) }] : [];
}

type Stop = (why: unknown) => void;
/** What a call inside a connection is bound by. */
interface Inside {
  signal: AbortSignal;
  call_ms: number;
}

/** Everything that a connection does ends with the call, whatever the server does. */
async function within<T>({ signal, call_ms }: Inside, work: (signal: AbortSignal, stop: Stop) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (why: unknown): void => controller.abort(why);
  const follow = (): void => stop(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  const timer = setTimeout(() => stop(new Error(`no answer within ${call_ms / 1_000} s`)), call_ms);
  const ended = new Promise<never>((_, reject) => {
    const end = (): void => reject(controller.signal.reason instanceof Error ? controller.signal.reason : new Error('cancelled'));
    controller.signal.addEventListener('abort', end, { once: true });
    if (controller.signal.aborted) end();
  });
  try {
    return await Promise.race([work(controller.signal, stop), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  }
}

/** How long a program may take to be gone: it is asked, told, and killed, two seconds each. */
const leaving_ms = 8_000;

/**
 * Close what is open. The client does not know the transport before the two have agreed on a protocol, so that is closed as well, and
 * what was under way is waited for: a program that answers nothing would stay behind.
 */
async function leave(client: Client, { transport, work }: { transport?: Transport; work?: Promise<unknown> }): Promise<void> {
  const closed = Promise.allSettled([client.close(), transport?.close(), work]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, leaving_ms);
  });
  await Promise.race([closed, late]);
  clearTimeout(timer);
}

function checkPin(name: string, pinned: string | undefined, tools: readonly McpTool[]): void {
  const hash = hashOfTools(tools);
  if (pinned === hash) return;
  const what = pinned === undefined ? 'tool definitions are not approved yet' : 'tool definition changed, approve it again';
  throw new TrimtabError(
    'tool_changed',
    `MCP server '${name}': ${what}: read them with \`trimtab mcp ${name}\`, then set mcp.${name}.tools to '${hash}' in trimtab.config.ts`,
  );
}

/**
 * Tool servers that speak the Model Context Protocol of 2026-07-28 or the one before, over Streamable HTTP, or as programs of the operator.
 * Each call has a connection of its own. A list of tools that is not the pinned one throws `tool_changed` before anything is called.
 */
export function createMcp(deps: McpDependencies): Mcp {
  const { call_ms = 15_000 } = deps;
  const withServer = async <T>(name: string, signal: AbortSignal, work: (client: Client, inside: Inside) => Promise<T>): Promise<T> => {
    const server = Object.hasOwn(deps.servers, name) ? deps.servers[name] : undefined;
    if (!server) throw new TrimtabError('config', `no MCP server '${name}': add mcp.${name} to trimtab.config.ts`);
    const client = new Client(
      { name: 'trimtab', version: '1' },
      {
        jsonSchemaValidator: trusting,
        versionNegotiation: { mode: 'auto', probe: { timeoutMs: call_ms } },
        inputRequired: { autoFulfill: false },
      },
    );
    client.onerror = () => undefined;
    const opened: { transport?: Transport; work?: Promise<T> } = {};
    try {
      return await within({ signal, call_ms }, (ending, stop) => {
        const transport = 'url' in server ? overHttp(name, server, { ...deps, call_ms, stop }) : overStdio(server, deps);
        const talk = async (): Promise<T> => {
          await client.connect(transport, { signal: ending, timeout: call_ms });
          return work(client, { signal: ending, call_ms });
        };
        Object.assign(opened, { transport, work: talk() });
        return opened.work as Promise<T>;
      });
    } finally {
      await leave(client, opened);
    }
  };
  const pinOf = (name: string): string | undefined => deps.servers[name]?.tools;
  return {
    tools: (name, signal) => withServer(name, signal, listed),
    check: (name, signal) => withServer(name, signal, async (client, inside) => checkPin(name, pinOf(name), await listed(client, inside))),
    call: (name, { tool, input }, signal) =>
      withServer(name, signal, async (client, inside) => {
        checkPin(name, pinOf(name), await listed(client, inside));
        const result = await client.callTool({ name: tool, arguments: input }, { signal: inside.signal, timeout: call_ms });
        const content = result.content.flatMap((block) => textOf(block as { type: string } & Record<string, unknown>));
        if (result.isError)
          throw new Error(
            `${tool} says: ${content
              .map(({ text }) => text)
              .join(' ')
              .slice(0, 300)}`,
          );
        if (content.length > 0 || result.structuredContent === undefined) return content;
        return [{ text: JSON.stringify(result.structuredContent) }];
      }),
  };
}
