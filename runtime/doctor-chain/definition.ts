import { z } from 'zod';
import { defineChain, type ChainDefinition } from '../../src/define/chain.ts';
import { fail, reask } from '../../src/define/rungs.ts';
import { generate, type GenerateDefinition } from '../../src/define/step.ts';
import { doctorChain } from '../../src/shapes/doctor-chain.ts';

const Nothing = z.strictObject({});
const Pulse = z.object({ ok: z.boolean() });
const Roles = z.strictObject({ steps: z.array(z.string()).min(1) });
type Ask = GenerateDefinition<z.infer<typeof Nothing>, z.infer<typeof Pulse>>;
export type DoctorChain = ChainDefinition<z.infer<typeof Roles>, z.infer<typeof Pulse>, Record<string, Ask>>;

const tokensAStep = 5_000;

/** One step a model: each is asked for a word. A role may have a name that no step can have. The cap is in tokens, since a price may be unknown. */
export function doctorDefinition(roles: readonly string[]): DoctorChain {
  const ask = (model: string): Ask =>
    generate({ input: Nothing, output: Pulse, prompt: doctorChain, model, timeout: '30 seconds', ladder: [reask(1), fail()] });
  return defineChain({
    input: Roles,
    output: Pulse,
    budget: { tokens: tokensAStep * roles.length, attempts: 3 * roles.length, within: '5 minutes' },
    steps: Object.fromEntries(roles.map((role, n) => [`model_${n + 1}`, ask(role)])),
  });
}

export const doctorPrompt = `---
system: This is a test of the connection.
max_output_tokens: 500
---
Answer with the JSON object {"ok": true} and nothing else.
`;
