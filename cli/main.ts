import { CommanderError } from 'commander';
import { ApiError } from './client.ts';
import { explain } from './output.ts';
import { program } from './program.ts';

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    explain(error);
    process.exitCode = error instanceof ApiError && error.status === 400 ? 2 : 1;
  }
}
