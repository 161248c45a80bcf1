import { slips } from '../src/store/spelling.ts';
import { Advised } from './advised.ts';
import { ApiError, api } from './client.ts';

/** A refusal of a chain that the server does not know (it lists those it does), with the one that was meant; anything else as it is. */
export async function withChainsNamed(error: unknown, chain: string): Promise<unknown> {
  if (!(error instanceof ApiError) || error.problem.code !== 'unknown_chain') return error;
  const names = await api<{ data: { name: string }[] }>('/v1/chains').then(
    ({ data }) => data.map(({ name }) => name),
    () => [],
  );
  const meant = nearest(chain, names);
  const next = 'Take one of those, or add the chain to trimtab.config.ts.';
  return new Advised('unknown_chain', error.message, meant === null ? next : `Did you mean ${meant}?`);
}

/** One slip in three letters is a slip; a name that begins as was said is as near. */
function nearest(said: string, names: readonly string[]): string | null {
  const far = (name: string): number => (said.length > 2 && name.startsWith(said) ? 1 : slips(said.toLowerCase(), name));
  const near = names.filter((name) => far(name) <= Math.max(1, Math.floor(said.length / 3)));
  return near.toSorted((a, b) => far(a) - far(b))[0] ?? null;
}
