/** What was typed into the form of a chain, kept in this tab until its run is started. */
export interface Typed {
  values: Record<string, string>;
  json: string;
}
const slotOf = (chain: string): string => `trimtab:new:${chain}`;

export function keptInput(chain: string): Typed | null {
  try {
    return JSON.parse(sessionStorage.getItem(slotOf(chain)) ?? 'null') as Typed | null;
  } catch {
    return null;
  }
}

export function keepInput(chain: string, typed: Typed): void {
  try {
    sessionStorage.setItem(slotOf(chain), JSON.stringify(typed));
  } catch {
    /* storage is full or off: the text is still in the fields */
  }
}

export function forgetInput(chain: string): void {
  try {
    sessionStorage.removeItem(slotOf(chain));
  } catch {
    /* as above */
  }
}
