import type { Duration } from '../define/duration.ts';
import { SourceUnavailable, type Source } from '../define/source.ts';
import { messageOf, TrimtabError } from '../errors.ts';
import type { Passage } from '../shapes/passage.ts';
import { splitDocument } from '../store/knowledge-split.ts';
import { passageId } from './passage-id.ts';
import { timeToLive } from './time-to-live.ts';

export interface McpOptions<I> {
  name?: string;
  /** A server of `mcp` in trimtab.config.ts. */
  server: string;
  /** The one tool that is called. The author chooses it, not a model, and not the server's words about it. */
  tool: string;
  input: (input: I) => Record<string, unknown>;
  /** How long an answer serves: `'1 hour'` when absent, 0 to ask every time. */
  cache?: Duration | 0;
  /** What one call of the tool costs at most, in USD: 0 when absent. */
  usd?: number;
}

/** Results of one tool of an MCP server, as untrusted passages. A server whose list of tools is not the pinned one stops the step. */
export function mcp<I>(options: McpOptions<I>): Source<I> {
  const { server, tool, usd = 0 } = options;
  const name = options.name ?? `${server}.${tool}`;
  const ttl_ms = timeToLive(options.cache, name);
  return {
    name,
    place: 'regular',
    ...(usd > 0 ? { usd } : {}),
    async ready({ services, signal }) {
      try {
        await services.mcp.check(server, signal);
      } catch (error) {
        // A server that does not answer is for `search` to report; the others go on.
        if (error instanceof TrimtabError) throw error;
      }
    },
    async search(input, { keep, services, signal, paying }) {
      const wanted = { tool, input: options.input(input) };
      const ask = async (): Promise<Passage[]> => {
        paying?.();
        const content = await services.mcp.call(server, wanted, signal);
        const at = new Date().toISOString();
        return content.flatMap(({ text, uri }) =>
          splitDocument(text).map((section) => ({
            id: passageId(name, uri ?? tool, section.text),
            source: name,
            title: section.heading || uri || tool,
            text: section.text,
            ...(uri && /^https?:\/\//.test(uri) ? { url: uri } : {}),
            at,
            trust: 'untrusted' as const,
          })),
        );
      };
      try {
        const found = await services.cached({ source: name, question: ['mcp', server, wanted], ttl_ms }, ask);
        return found.slice(0, keep);
      } catch (error) {
        throw new SourceUnavailable(`${name}: the MCP server did not answer: ${messageOf(error).slice(0, 400)}`);
      }
    },
  };
}
