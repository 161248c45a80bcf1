import type { WaitingCall } from '../shapes/limit.ts';

/** What is free now. `tokens` null: not limited. `idle`: nothing counts against the limit of tokens, so even a call above it may go. */
export interface Room {
  calls: number;
  tokens: number | null;
  idle: boolean;
}

/** `used`: calls of the last minute by chain. `elsewhere`: calls that wait in other processes, by chain. */
export interface Demand {
  waiting: readonly WaitingCall[];
  used: ReadonlyMap<string, number>;
  elsewhere: ReadonlyMap<string, number>;
}

/**
 * Who may go, one call at a time: the chain that had the fewest calls in the last minute, whoever of its calls came first. A place
 * that falls to a chain which waits only in another process is left free for it. A call that the tokens do not suffice for holds up
 * those behind it, or small calls would starve a big one. `short` says that tokens were what was missing.
 */
export function share(room: Room, { waiting, used, elsewhere }: Demand): { granted: WaitingCall[]; short: boolean } {
  const queues = new Map<string, WaitingCall[]>();
  for (const call of waiting) queues.set(call.chain, [...(queues.get(call.chain) ?? []), call]);
  const chains = [...new Set([...queues.keys(), ...elsewhere.keys()])].toSorted();
  const count = new Map(chains.map((chain) => [chain, used.get(chain) ?? 0]));
  const others = new Map(elsewhere);
  const granted: WaitingCall[] = [];
  let tokens = room.tokens;
  for (let left = room.calls; left > 0; left -= 1) {
    const chain = chains
      .filter((name) => (queues.get(name)?.length ?? 0) + (others.get(name) ?? 0) > 0)
      .toSorted((a, b) => (count.get(a) ?? 0) - (count.get(b) ?? 0))[0];
    if (chain === undefined) break;
    count.set(chain, (count.get(chain) ?? 0) + 1);
    const call = queues.get(chain)?.[0];
    if (call === undefined) {
      others.set(chain, (others.get(chain) ?? 0) - 1);
      continue;
    }
    if (tokens !== null && call.tokens > tokens && !(room.idle && granted.length === 0)) return { granted, short: true };
    queues.get(chain)?.shift();
    granted.push(call);
    if (tokens !== null) tokens -= call.tokens;
  }
  return { granted, short: false };
}
