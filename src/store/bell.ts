/** Wakes who waits for it. */
export interface Bell {
  ring(): void;
  /** Until it rings, or so long; at once when it rang since the last time. */
  heardWithin(ms: number): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: () => void = () => undefined;
  return {
    ring() {
      rung = true;
      wake();
    },
    async heardWithin(ms) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
