import { startProviderServer, type ProviderCall, type ProviderServer, type Scripted } from '../../../testing/provider-server.ts';

/** The provider of a fault test: what it says depends on the question, and it counts what it is asked. */
export interface ScriptedModel extends ProviderServer {
  /** The first draft of this question waits for it. */
  gates: Map<string, Promise<unknown>>;
  callsFor(question: string, model?: string): ProviderCall[];
  /** Calls that were asked more than once: each is one row of the ledger, so there must be none. */
  askedTwice(): string[];
}

const questionOf = (call: ProviderCall): string =>
  /<question>(.*?)<\/question>/.exec(call.messages.map((message) => message.content).join('\n'))?.[1] ?? '';
/** The ledger's key of a call: run/step/occurrence/attempt/call. */
const callIdOf = (call: ProviderCall): string => decodeURI(String(call.headers['x-trimtab-call'] ?? ''));

const busy: Scripted = {
  status: 503,
  headers: { 'retry-after': '0' },
  body: { error: { message: 'overloaded', type: 'server_error', code: 'overloaded' } },
};

const locked: Scripted = { status: 401, body: { error: { message: 'bad key', type: 'invalid_request_error', code: 'invalid_api_key' } } };

/**
 * Words in a question make its first draft go wrong: `rude` (a rule rejects it), `garbled` (no JSON), `busy` (503), `blocked` (401).
 * `say` answers instead, where it gives something. A judge passes everything.
 */
export async function startScriptedModel(
  say: (call: ProviderCall, question: string) => Scripted | null = () => null,
): Promise<ScriptedModel> {
  const gates = new Map<string, Promise<unknown>>();
  const drafts = new Map<string, number>();
  const answer = (call: ProviderCall): Scripted => {
    const question = questionOf(call);
    const own = say(call, question);
    if (own !== null) return own;
    if (call.model === 'judge-1') return { text: JSON.stringify({ verdict: 'pass', reason: '', at: null, blames: null, missing: null }) };
    const n = (drafts.get(question) ?? 0) + 1;
    drafts.set(question, n);
    const gate = n === 1 ? gates.get(question) : undefined;
    const hold = gate ? { hold: gate } : {};
    if (n === 1 && question.includes('busy')) return busy;
    if (n === 1 && question.includes('blocked')) return locked;
    if (n === 1 && question.includes('garbled')) return { text: 'no JSON at all', ...hold };
    if (n === 1 && question.includes('rude')) return { text: JSON.stringify({ text: 'A rude answer [1].' }), ...hold };
    return { text: JSON.stringify({ text: `Answer to ${question} [1].` }), ...hold };
  };
  const server = await startProviderServer(answer);
  return Object.assign(server, {
    gates,
    callsFor: (question: string, model?: string) =>
      server.calls.filter((call) => questionOf(call) === question && (model === undefined || call.model === model)),
    askedTwice() {
      const seen = new Map<string, number>();
      for (const call of server.calls) seen.set(callIdOf(call), (seen.get(callIdOf(call)) ?? 0) + 1);
      return [...seen].flatMap(([id, times]) => (times > 1 ? [`${id} (${times} times)`] : []));
    },
  });
}
