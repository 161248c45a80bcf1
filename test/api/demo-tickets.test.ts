import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { submitTickets } from '../../runtime/demo/submit.ts';
import { testEngine } from '../stack/engine.ts';

it("says in one sentence that the demo's tickets are not taken, without the API's raw answer", async () => {
  const engine = await testEngine({ configFile: fileURLToPath(new URL('../projects/trimtab.config.ts', import.meta.url)), worker: false });
  await expect(submitTickets(engine.url, await engine.key(['runs:write']))).rejects.toThrow(
    /^'support-reply' did not take the demo ticket T-1001: [^{}]*'support-reply'[^{}]*; take `demo: true` out of trimtab\.config\.ts if that chain is not the demo's$/,
  );
});
