import { milliseconds, type Duration } from '../define/duration.ts';

/** How long a source's answer serves, in ms: an hour when the author does not say. */
export const timeToLive = (cache: Duration | 0 = '1 hour', name: string): number =>
  cache === 0 ? 0 : milliseconds(cache, `${name}: cache`);
