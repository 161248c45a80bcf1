/** Where a keyboard goes on when the thing that had the focus is gone: the first of these that is there, else the page's main part. */
export function giveFocus(...selectors: string[]): void {
  for (const selector of [...selectors, '#main']) {
    const found = document.querySelector<HTMLElement>(selector);
    if (!found) continue;
    found.focus({ preventScroll: true });
    return;
  }
}

/** The browser puts the focus on nothing when its element is taken away. */
export const focusIsLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

/** Move the focus among the elements of a list, from the one that has it, else from the first. */
export function stepFocus(selector: string, by: number): void {
  const all = [...document.querySelectorAll<HTMLElement>(selector)];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  to?.focus({ preventScroll: true });
  to?.scrollIntoView({ block: 'nearest' });
}
