import type { CallRequest } from '../shapes/call.ts';
import type { AskRequest } from '../shapes/review.ts';

/**
 * Which call a result answers. To Temporal all calls look alike: without this a changed chain function would take the
 * result of another call out of the history, and go on.
 */
export const callMark = ({ key, input_hash }: Pick<CallRequest, 'key' | 'input_hash'>): string =>
  `${key.step}#${key.occurrence}/${key.attempt}/${key.call} ${input_hash.slice(0, 16)}`;

/** Which question to a person an answer belongs to. */
export const askMark = ({ step, occurrence, ask, input_hash }: Pick<AskRequest, 'step' | 'occurrence' | 'ask' | 'input_hash'>): string =>
  `${step}#${occurrence}/ask/${ask} ${input_hash.slice(0, 16)}`;
