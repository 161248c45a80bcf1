/** Places for runs that are worked in this process. */
export interface Places {
  free(): number;
  /** Returns how to give it back. */
  take(): () => void;
}

/** A run that is under way longer has given its place back: a provider that stands still must not hold up other chains. */
const longestMs = 20_000;

/** So many places at most, each of them also one of `all`. */
export function createPlaces(most: number, all?: Places): Places {
  let taken = 0;
  return {
    free: () => Math.max(0, Math.min(most - taken, all?.free() ?? most)),
    take() {
      const giveBackToAll = all?.take();
      taken += 1;
      let held = true;
      const giveBack = (): void => {
        clearTimeout(timer);
        if (!held) return;
        held = false;
        taken -= 1;
        giveBackToAll?.();
      };
      const timer = setTimeout(giveBack, longestMs).unref();
      return giveBack;
    },
  };
}
