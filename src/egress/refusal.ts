import { EgressRefused, targetOf, type EgressPolicy } from './policy.ts';
import { checkedAddresses, systemResolve, type Resolve } from './resolve.ts';

const resolveWithinMs = 2_000;

/**
 * Why an address that is only written down now could never be opened, null: nothing is known against it. A name that has no
 * address yet, or whose name server is slow, may have one later: `open` looks again.
 */
export async function refusalOf(policy: EgressPolicy, address: string, resolve: Resolve = systemResolve): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const target = targetOf(policy, address);
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, resolveWithinMs);
    });
    await Promise.race([checkedAddresses(target, resolve), late]);
    return null;
  } catch (error) {
    return error instanceof EgressRefused ? error.message : null;
  } finally {
    clearTimeout(timer);
  }
}
