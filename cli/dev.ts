import pc from 'picocolors';
import { startStack } from '../runtime/dev.ts';

/** `trimtab dev`, which is `npm start`: the whole stack until Ctrl-C. */
export async function dev(options: { open?: boolean; json?: boolean }): Promise<void> {
  const stack = await startStack(options.json ? () => undefined : console.log);
  if (options.json) console.log(JSON.stringify({ url: stack.url, sign_in: stack.signIn }));
  else if (options.open !== false)
    console.log(`\n  ${pc.bold('Sign in:')} ${pc.cyan(stack.signIn)}\n  The link works once. Another: npx trimtab user invite NAME\n`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    if (!options.json) console.log('\nStopping; what runs is handed on and goes on at the next start.');
    void stack.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}
