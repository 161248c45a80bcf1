/** Postgres rolled this one back for the sake of others (serialization, deadlock, a lock time-out): nothing of it stands, so it can be done again. */
const clashes: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);

/** Postgres is away, starting, ending us, or out of connections. */
const away: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  '08001',
  '08003',
  '08006',
  '25P03',
  '53300',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
]);
/** node-postgres has no code for these. After a loss, the rollback's own error ("not queryable") stands before that of the statement. */
const lost = /timeout exceeded when trying to connect|timeout expired|Connection terminated|is not queryable/;

const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? '';

export const isClash = (error: unknown): boolean => clashes.has(codeOf(error));

/** The database did not answer. A statement that was under way may have been done or not. */
export const isAway = (error: unknown): boolean => away.has(codeOf(error)) || (error instanceof Error && lost.test(error.message));
