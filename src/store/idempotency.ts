import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { TrimtabError } from '../errors.ts';
import { crashPoint } from './crash-point.ts';
import { json, type Database, type Handle } from './database.ts';
import { again, transact } from './transact.ts';

export interface Remembered {
  status: number;
  body: unknown;
}
interface Request {
  owner: string;
  key: string | undefined;
  path: string;
  body: unknown;
  /** The work is one statement: without a key it needs no transaction. */ atomic?: boolean;
}

/**
 * Answer a request once: the work and the memory of its answer are one transaction. The same key and body get the same
 * answer, also while the first is under way (it waits for it); another body throws `idempotency_conflict`. A key whose run was
 * deleted since throws `not_found`: nothing is made anew. The work may be done again after its commit's answer was lost, so it
 * makes its ids outside and finds what it has done.
 */
export async function once(
  db: Database,
  request: Request,
  work: (tx: Handle) => Promise<Remembered>,
): Promise<Remembered & { repeated: boolean }> {
  const { owner, key } = request;
  if (key === undefined) {
    const options = { repeatable: true };
    return { ...(await (request.atomic ? again(() => work(db), options) : transact(db, work, options))), repeated: false };
  }
  if (key === '') throw new TrimtabError('bad_request', 'the Idempotency-Key is empty: leave the header out, or give the request a key');
  if (key.length > 255) throw new TrimtabError('bad_request', 'an Idempotency-Key has at most 255 characters');
  const body_hash = createHash('sha256')
    .update(`${request.path}\n${json(request.body)}`)
    .digest('hex');
  const remembered = async (tx: Handle): Promise<Remembered & { repeated: boolean }> => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${owner}/${key}`}, 0))`.execute(tx);
    const known = await tx.selectFrom('idempotency_keys').selectAll().where('owner', '=', owner).where('key', '=', key).executeTakeFirst();
    if (known && known.body_hash !== body_hash)
      throw new TrimtabError('idempotency_conflict', `the Idempotency-Key '${key}' was used for another request`);
    if (known && known.status === null)
      throw new TrimtabError('not_found', `what was answered to the Idempotency-Key '${key}' was deleted with its run`);
    if (known?.status) return { status: known.status, body: known.answer, repeated: true };
    const answer = await work(tx);
    await tx
      .insertInto('idempotency_keys')
      .values({ owner, key, body_hash, status: answer.status, answer: json(answer.body) })
      .execute();
    crashPoint('request.written');
    return { ...answer, repeated: false };
  };
  const answered = await transact(db, remembered, { repeatable: true });
  crashPoint('request.committed');
  return answered;
}
