export { citesEverySource, numbersFromSources, supportedBySource } from './claims.ts';
export { inLanguageOf, noForbiddenPromises, someEvidence, within, type ForbiddenPromise } from './form.ts';
