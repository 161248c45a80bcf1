import type { CallKey, CallResult } from '../src/shapes/call.ts';
import type { Begun, CallEnd, CallStart, Ledger } from '../src/store/ledger.ts';

/** A row of the in-memory ledger: what the hands wrote before and after the call. */
export interface MemoryRow {
  start: CallStart;
  end: CallEnd | null;
}

/** The ledger of in-process runs: the same fence as in Postgres, in a Map. `rows` is in the order of the calls. */
export function memoryLedger(): Ledger & { rows: MemoryRow[] } {
  const rows = new Map<string, MemoryRow>();
  const nameOf = (key: CallKey): string => [key.run_id, key.step, key.occurrence, key.attempt, key.call].join('/');
  const abandoned: CallResult = {
    type: 'nothing',
    outcome: 'abandoned',
    message: 'the worker that made this call was lost',
    retry_after_ms: null,
    output: null,
    usage: null,
    cost_usd: null,
  };
  return {
    get rows() {
      return [...rows.values()];
    },
    async begin(start): Promise<Begun> {
      const row = rows.get(nameOf(start.key));
      if (!row) {
        rows.set(nameOf(start.key), { start, end: null });
        return { type: 'started' };
      }
      if (row.end !== null) return { type: 'finished', result: row.end.result };
      rows.set(nameOf(start.key), { start, end: { result: abandoned, sent: null } });
      return { type: 'taken', result: abandoned };
    },
    async finish(key, owner, end) {
      const row = rows.get(nameOf(key));
      if (!row || row.end !== null || row.start.owner !== owner) return false;
      row.end = end;
      return true;
    },
  };
}
