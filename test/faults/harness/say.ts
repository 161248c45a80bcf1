const from = Date.now();

/** Progress, for whoever set TRIMTAB_FAULTS_SAY. */
export function say(line: string): void {
  if (process.env['TRIMTAB_FAULTS_SAY']) process.stderr.write(`  ${((Date.now() - from) / 1000).toFixed(1)} ${line}\n`);
}
