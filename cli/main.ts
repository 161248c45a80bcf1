import { CommanderError } from 'commander';
import { ApiError } from './client.ts';
import { explain } from './output.ts';
import { program } from './program.ts';
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
  } else {
    explain(error);
    process.exitCode = error instanceof WrongUsage || (error instanceof ApiError && error.status === 400) ? 2 : 1;
  }
}
