import { useSyncExternalStore } from 'react';
import { useHotkeys, type Options } from 'react-hotkeys-hook';

const slot = 'trimtab-single-keys';
const listeners = new Set<() => void>();
const read = (): boolean => {
  try {
    return localStorage.getItem(slot) !== 'off';
  } catch {
    return true;
  }
};

/** WCAG 2.1.4: shortcuts of a single character can be switched off, for people who speak to their computer. */
export const useSingleKeys = (): boolean =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read);
export function setSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(slot, on ? 'on' : 'off');
  } catch {
    /* storage is off: the choice holds until the page is left */
  }
  for (const listener of listeners) listener();
}

/** A dialog has the keyboard to itself. */
const inDialog = (): boolean => document.querySelector('[role="dialog"]') !== null;

/** A key that is held down repeats: that moves through a list, but must never decide one item after the other. */
const movers = new Set(['j', 'k']);

/** A single-character shortcut, by the character it makes (not the place of the key). Silent while something is typed or a dialog is open. */
export function useKey(key: string, act: () => void, options: Options = {}): void {
  const on = useSingleKeys();
  useHotkeys(
    key,
    (event) => {
      event.preventDefault();
      if (!event.repeat || movers.has(key)) act();
    },
    { useKey: true, ignoreEventWhen: inDialog, ...options, enabled: on && options.enabled !== false },
    [act, on],
  );
}
