import { CommanderError } from 'commander';
import { ApiError } from './client.ts';
import { explain } from './explain.ts';
import { program } from './program.ts';
import { wantsJson } from './wants-json.ts';
import { WrongUsage } from './wrong-usage.ts';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    // Without --json commander has said it already.
    if (process.exitCode !== 0 && wantsJson()) explain(error);
  } else {
    explain(error);
    process.exitCode = error instanceof WrongUsage || (error instanceof ApiError && error.status === 400) ? 2 : 1;
  }
}
