import { createHash } from 'node:crypto';

/** The same text in the same place of the same source has the same id, whenever it is read. */
export function passageId(source: string, place: string, text: string): string {
  return `${source}_${createHash('sha256')
    .update(JSON.stringify([source, place, text]))
    .digest('hex')
    .slice(0, 20)}`;
}
