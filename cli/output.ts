import pc from 'picocolors';

/** Print data: JSON with `--json`, else as the command draws it. */
export function show<T>(options: { json?: boolean }, value: T, draw: (value: T) => string): void {
  console.log(options.json ? JSON.stringify(value, null, 2) : draw(value));
}

/** Columns as wide as their content; the last one may be long. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const money = (usd: number | null): string => (usd === null ? 'cost unknown' : `$${usd.toFixed(usd !== 0 && usd < 0.01 ? 5 : 2)}`);

const marks: Record<string, string> = {
  succeeded: pc.green('succeeded'),
  accepted: pc.green('accepted'),
  waiting: pc.yellow('waiting'),
  running: pc.cyan('running'),
  blocked: pc.magenta('blocked'),
  failed: pc.red('failed'),
  rejected: pc.red('rejected'),
  cancelled: pc.dim('cancelled'),
  superseded: pc.dim('superseded'),
};
export const mark = (status: string): string => marks[status] ?? status;
