import { useSyncExternalStore } from 'react';

let out = false;
const listeners = new Set<() => void>();

/** Set when the server says there is no valid session; the page then says how to get one. */
export function setSignedOut(next: boolean): void {
  if (out === next) return;
  out = next;
  for (const listener of listeners) listener();
}
export const useSignedOut = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => out,
  );
