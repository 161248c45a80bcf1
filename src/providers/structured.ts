import type { Completion, CompletionRequest, Message } from './provider.ts';
import { portableSchema } from './portable-schema.ts';

/** A name for a schema as both providers take it. */
export const schemaName = (name: string): string => name.replace(/[^\w-]/g, '_').slice(0, 64);

const refusal = /response_format|json_schema|output_config|output_format|text\.format|structured.?output/i;
const refuses = (completion: Completion): boolean =>
  completion.type === 'nothing' && completion.outcome === 'invalid' && completion.text === null && refusal.test(completion.message);

/**
 * Ask for JSON in the provider's own way. A server that refuses the way itself (a 400 that names it) is asked again at once,
 * in words: it has done no work and charged nothing, so this is the same call. `wordsOnly` remembers such models.
 * The answer is read strictly either way: what is beside the JSON makes it `invalid`.
 */
export async function inItsOwnWay(
  request: CompletionRequest,
  wordsOnly: Set<string>,
  ask: (request: CompletionRequest) => Promise<Completion>,
): Promise<Completion> {
  const { schema } = request;
  if (schema === null) return ask(request);
  // Some servers take a schema, and tools, but not both.
  const way = request.tools ? `${request.model} with tools` : request.model;
  if (request.structured === 'text' || wordsOnly.has(way)) return ask(inWords(request, schema));
  const completion = await ask(request);
  if (!refuses(completion)) return completion;
  const again = await ask(inWords(request, schema));
  if (again.type !== 'nothing') wordsOnly.add(way);
  return again;
}

function inWords(request: CompletionRequest, wanted: NonNullable<CompletionRequest['schema']>): CompletionRequest {
  const words = `Answer with one JSON value that fits this JSON schema and with nothing else, no words around it and no code fence:\n${JSON.stringify(portableSchema(wanted.json_schema).schema)}`;
  const at = request.messages.findIndex(({ role }) => role === 'system');
  const messages: Message[] =
    at === -1
      ? [{ role: 'system', content: words }, ...request.messages]
      : request.messages.map((message, index) => (index === at ? { ...message, content: `${message.content}\n\n${words}` } : message));
  return { ...request, messages, schema: null };
}
