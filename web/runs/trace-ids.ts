import type { Attempt, Step } from '../api/shapes.ts';

/** The permanent anchor of an attempt on its run's page. */
export const idOfAttempt = (step: Step, attempt: Attempt): string => `${step.step}-${step.occurrence}-${attempt.attempt}`;
