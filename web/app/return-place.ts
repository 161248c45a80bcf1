/**
 * Where somebody was when the session ended. A sign-in link leads to `/`; from there the page goes back to it, in the same tab
 * only: that tab has what they typed.
 */
const slot = 'trimtab:return-to';

export function keepPlace(): void {
  if (location.pathname === '/' || location.pathname === '/sign-in-needed') return;
  try {
    sessionStorage.setItem(slot, location.href);
  } catch {
    /* storage is off: the queue opens at its first item */
  }
}

export function forgetPlace(): void {
  try {
    sessionStorage.removeItem(slot);
  } catch {
    /* as above */
  }
}

/** Before the router reads the address. Nothing is done where another page than the queue was asked for. */
export function returnToPlace(): void {
  if (location.pathname !== '/') return;
  try {
    const place = sessionStorage.getItem(slot);
    if (place !== null) history.replaceState(null, '', place);
  } catch {
    /* as above */
  }
  forgetPlace();
}
