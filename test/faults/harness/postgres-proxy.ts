import { startTcpProxy, type Link, type Reader, type TcpProxy } from './tcp-proxy.ts';

/** A query as it goes to Postgres. `commits`: when Postgres has answered it, something is committed. */
export interface Asked {
  sql: string;
  commits: boolean;
}

/** What happens to one query. */
export type QueryFault =
  /** It reaches Postgres so many milliseconds later. */
  | { delay_ms: number }
  /** It reaches Postgres and is done there; the connection is reset instead of the answer. */
  | 'lose_reply'
  /** As `lose_reply`; this is called between the two. */
  | { done: () => void }
  /** It never reaches Postgres; the connection is reset. */
  | 'cut_before';

export interface PostgresProxy extends TcpProxy {
  /** Asked for every query from now on; null: nothing happens to it. */
  onQuery(decide: ((asked: Asked) => QueryFault | null) | null): void;
  /** Faults that happened so far. */
  faults(): number;
}

/** A proxy that reads the Postgres protocol (version 3, no TLS), so that a fault can hit a COMMIT or its answer. */
export async function startPostgresProxy(url: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(url);
  let decide: ((asked: Asked) => QueryFault | null) | null = null;
  let faults = 0;
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) }, (link) =>
    reader(link, (asked) => {
      const fault = decide?.(asked) ?? null;
      if (fault !== null) faults += 1;
      return fault;
    }),
  );
  return {
    ...proxy,
    onQuery(next) {
      decide = next;
    },
    faults: () => faults,
  };
}

/** Cut a stream into messages: a type byte and a length that counts itself. The first one of a client has no type. */
function messages(untypedFirst: boolean): (bytes: Buffer) => { type: string; whole: Buffer }[] {
  let rest: Buffer = Buffer.alloc(0);
  let untyped = untypedFirst;
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const found: { type: string; whole: Buffer }[] = [];
    for (;;) {
      const head = untyped ? 0 : 1;
      if (rest.length < head + 4) return found;
      const size = head + rest.readInt32BE(head);
      if (rest.length < size) return found;
      found.push({ type: untyped ? '' : String.fromCharCode(rest[0] ?? 0), whole: rest.subarray(0, size) });
      untyped = false;
      rest = rest.subarray(size);
    }
  };
}

const text = (bytes: Buffer, from: number): string => bytes.toString('utf8', from, Math.max(from, bytes.indexOf(0, from)));
/** Of a Parse message: the statement's name ends with a NUL, then the query begins. */
const parsed = (whole: Buffer): string => text(whole, whole.indexOf(0, 5) + 1);
const writes = /^\s*(insert|update|delete|with|merge|create|alter|drop)\b/i;

function reader(link: Link, ask: (asked: Asked) => QueryFault | null): Reader {
  const fromClient = messages(true);
  const fromServer = messages(false);
  let group: Buffer[] = [];
  let sql = '';
  let inTransaction = false;
  /** Queries are passed on in order, also when one of them waits. */
  let turn: Promise<void> = Promise.resolve();
  let losing: (() => void) | null = null;

  const pass = (whole: Buffer, said: string): void => {
    turn = turn.then(async () => {
      const fault = ask({ sql: said, commits: inTransaction ? /^\s*commit\b/i.test(said) : writes.test(said) });
      if (fault === 'cut_before') {
        link.reset();
        return;
      }
      if (fault === 'lose_reply') losing = () => undefined;
      else if (fault !== null && 'done' in fault) losing = fault.done;
      else if (fault !== null) await new Promise((resolve) => setTimeout(resolve, fault.delay_ms));
      link.toServer(whole);
    });
  };
  return {
    fromClient(bytes) {
      for (const { type, whole } of fromClient(bytes)) {
        if (type === 'Q') pass(whole, text(whole, 5));
        else if (type === 'P' || type === 'B' || type === 'D' || type === 'E' || type === 'C') {
          if (type === 'P') sql = parsed(whole);
          group.push(whole);
        } else if (type === 'S') {
          pass(Buffer.concat([...group, whole]), sql);
          group = [];
        } else {
          const all = Buffer.concat([...group, whole]);
          group = [];
          turn = turn.then(() => link.toServer(all));
        }
      }
    },
    fromServer(bytes) {
      for (const { type, whole } of fromServer(bytes)) {
        // ReadyForQuery: Postgres is done with the query, and says whether a transaction is open.
        if (type === 'Z') inTransaction = whole[5] !== 'I'.charCodeAt(0);
        if (type !== 'Z' || losing === null) continue;
        losing();
        link.reset();
      }
      if (losing === null) link.toClient(bytes);
    },
  };
}
