import pc from 'picocolors';
import { deepDoctor } from './deep-doctor.ts';
import { doctor } from './doctor.ts';
import { show } from './output.ts';

/** `trimtab doctor`: every check with its next step. Exit code 1 when one fails. */
export async function runDoctor(options: { json?: boolean; deep?: boolean }): Promise<void> {
  const checks = [...(await doctor()), ...(options.deep ? await deepDoctor() : [])];
  show(options, checks, () =>
    checks
      .map(
        ({ ok, name, detail, next }) =>
          `${ok ? pc.green('✓') : pc.red('✗')} ${name.padEnd(18)} ${detail}${ok || !next ? '' : `\n  ${next}`}`,
      )
      .join('\n'),
  );
  if (checks.some((check) => !check.ok)) process.exitCode = 1;
}
