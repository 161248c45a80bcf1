import { chainRun, type RunArguments } from '../../workflows/chain-run.ts';
import { bodies, type BodyName } from './bodies.ts';

/** `chain` names the body; `first>next`: the body of the build that goes on in a new history. */
export default async function scenario(run: RunArguments): Promise<void> {
  const [first, next] = run.chain.split('>') as [BodyName, BodyName?];
  await chainRun(bodies[run.carried && next ? next : first], run);
}
