/** Dollars with as many digits as the amount needs: `$0`, `$0.0012`, `$3.40`. */
export function money(usd: number | null): string {
  if (usd === null) return 'cost unknown';
  if (usd === 0) return '$0';
  return usd >= 0.1 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 8 })}`;
}

export const counted = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
