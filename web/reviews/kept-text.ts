/**
 * What a person typed for a review, kept in this tab until the decision is known to be stored. Nothing typed is lost by a
 * conflict, a closed item or a reload. One slot a review and version, another for a reason or a hint.
 */
const prefix = 'trimtab:kept:';
const slotOf = (id: string, what: string): string => `${prefix}${id}:${what}`;

export function keep(id: string, what: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(slotOf(id, what));
    else sessionStorage.setItem(slotOf(id, what), text);
  } catch {
    /* storage is full or off: the text is still in the field */
  }
}

export function kept(id: string, what: string): string | null {
  try {
    return sessionStorage.getItem(slotOf(id, what));
  } catch {
    return null;
  }
}

/** The latest text kept for any version of this review. */
export function keptForAny(id: string): string | null {
  try {
    const slots = Object.keys(sessionStorage).filter((slot) => slot.startsWith(slotOf(id, 'v')));
    const newest = slots.toSorted((a, b) => Number(b.slice(slotOf(id, 'v').length)) - Number(a.slice(slotOf(id, 'v').length)))[0];
    return newest === undefined ? null : sessionStorage.getItem(newest);
  } catch {
    return null;
  }
}

export function forgetKept(id: string): void {
  try {
    for (const slot of Object.keys(sessionStorage)) if (slot.startsWith(slotOf(id, ''))) sessionStorage.removeItem(slot);
  } catch {
    /* as above */
  }
}
