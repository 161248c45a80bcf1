import { randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id: prefix, 9 characters of time (so that ids sort by age), 15 random (75 bits). */
export function newId(prefix: 'run' | 'bat' | 'gat' | 'rev' | 'fb' | 'key' | 'dec' | 'wh' | 'dlv'): string {
  let time = '';
  for (let rest = Date.now(), index = 0; index < 9; index += 1) {
    time = alphabet[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  const random = [...randomBytes(15)].map((byte) => alphabet[byte % 32]).join('');
  return `${prefix}_${time}${random}`;
}
