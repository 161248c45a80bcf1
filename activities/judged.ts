import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import { admitted } from './admitted.ts';
import { critic } from './critic.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';

type GenerateRequest = Extract<CallRequest, { kind: 'generate' }>;
type CriticRequest = Extract<CallRequest, { kind: 'critic' }>;

/**
 * Let the judges look at a draft that the rules have passed, one after the other, until one does not pass it. Each call has its
 * own row and fence: trouble of a judge's provider does not cost the draft, and nothing is asked for twice.
 */
export async function judged(
  { deps, request, context }: { deps: HandsDependencies; request: GenerateRequest; context: CallContext },
  draft: CallResult,
): Promise<CallResult> {
  const judges = request.judges ?? [];
  if (draft.type !== 'answer' || judges.length === 0 || !passed(draft)) return draft;
  const since = Date.now();
  const said: Exclude<CallResult, { type: 'stuck' }>[] = [];
  for (const judge of judges) {
    const { key, chain, pass, input, input_hash } = request;
    const look: CriticRequest = {
      kind: 'critic',
      key: { ...key, call: `critic/${judge.name}/1` },
      chain,
      pass,
      input,
      input_hash,
      remedy: 'first',
      notes: [],
      deadline_ms: Math.max(1_000, request.deadline_ms - (Date.now() - since)),
      critic: judge,
      output: draft.output,
    };
    const result = await admitted(deps, { request: look, context }, (admittedDeps) => critic(admittedDeps, look, context));
    // A build that cannot ask this judge is the loop's to say.
    if (result.type === 'stuck') break;
    said.push(result);
    if (result.type !== 'answer' || !passed(result)) break;
  }
  return { ...draft, judged: said };
}

const passed = ({ verdicts }: Extract<CallResult, { type: 'answer' }>): boolean =>
  verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'pass');
