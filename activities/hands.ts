import type { CallRequest, CallResult } from '../src/shapes/call.ts';
import { act } from './act.ts';
import { admitted } from './admitted.ts';
import { stuck } from './call.ts';
import { critic } from './critic.ts';
import { judged } from './judged.ts';
import type { CallContext, HandsDependencies } from './dependencies.ts';
import { generate } from './generate.ts';
import { retrieve } from './retrieve.ts';
import { tool } from './tool.ts';

export type Perform = (request: CallRequest, context: CallContext) => Promise<CallResult>;

/** Make one call of the loop. Content never throws; only the world does (C1). */
export const createHands =
  (deps: HandsDependencies): Perform =>
  async (request, context) => {
    const misfit = inputMisfit(deps, request);
    if (misfit !== null) return stuck('chain_error', misfit);
    switch (request.kind) {
      case 'generate':
        return judged(
          { deps, request, context },
          await admitted(deps, { request, context }, (admittedDeps) => generate(admittedDeps, request, context)),
        );
      case 'retrieve':
        return retrieve(deps, request, context);
      case 'critic':
        return admitted(deps, { request, context }, (admittedDeps) => critic(admittedDeps, request, context));
      case 'tool':
        return tool(deps, request, context);
      case 'act':
        return act(deps, request, context);
    }
  };

/** The chain body called a step with something its schema refuses: a bug in the chain, said before anything is paid. */
function inputMisfit(deps: HandsDependencies, request: CallRequest): string | null {
  if (request.kind === 'critic' || request.kind === 'tool') return null;
  const parsed = deps.chains.get(request.chain)?.definition.steps[request.key.step]?.input.safeParse(request.input);
  if (!parsed || parsed.success) return null;
  const issue = parsed.error.issues[0];
  return `step '${request.key.step}' was called with an input that does not fit: ${issue?.path.join('.') || 'input'}: ${issue?.message ?? ''}`;
}
