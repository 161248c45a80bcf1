import { TrimtabError } from '../../src/errors.ts';
import type { Problem } from '../../src/shapes/problem.ts';
import { demoCases } from './tickets.ts';

/** The chain that works the demo's tickets. */
export const demoChain = 'support-reply';

/** Before anything is started. Throws `config` when the demo is wanted and the project has no chain for its tickets. */
export function checkDemo({ config, chains }: { config: { demo?: boolean | undefined }; chains: ReadonlyMap<string, unknown> }): void {
  if (!config.demo || chains.has(demoChain)) return;
  throw new TrimtabError(
    'config',
    `\`demo: true\` hands the demo's tickets to the chain '${demoChain}', which trimtab.config.ts does not list: take \`demo: true\` out, or add '${demoChain}' to its chains`,
  );
}

/** Hand the demo's tickets in by the same door as any other; a second start finds them there already. Returns how many. */
export async function submitTickets(url: string, apiKey: string): Promise<number> {
  for (const { ticket } of demoCases) {
    const response = await fetch(new URL(`/v1/chains/${demoChain}/runs`, url), {
      method: 'POST',
      body: JSON.stringify({ input: ticket, metadata: { demo: true } }),
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', 'idempotency-key': `demo-${ticket.id}` },
    });
    // Another text under this ticket's key: an earlier version of the demo handed it in.
    if (!response.ok && response.status !== 409) throw new TrimtabError('setup', await refusal(ticket.id, response));
  }
  return demoCases.length;
}

async function refusal(ticket: string, response: Response): Promise<string> {
  const { detail } = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const said = (detail ?? `status ${response.status}`).replace(/\.$/, '');
  return `'${demoChain}' did not take the demo ticket ${ticket}: ${said}; take \`demo: true\` out of trimtab.config.ts if that chain is not the demo's`;
}
