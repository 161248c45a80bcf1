export { answersQuestion } from './answers-question.ts';
export { citesEverySource } from './cites.ts';
export { numbersFromSources } from './numbers-from-sources.ts';
export { sourcesAgree } from './sources-agree.ts';
export { supportedBySource } from './supported-by-source.ts';
export { inLanguageOf } from './language.ts';
export { noForbiddenPromises, usualPromises, type ForbiddenPromise } from './promises.ts';
export { minLength, noInstructionsLeak, noRepeats, someEvidence, within } from './form.ts';
export { valuesFromQuotes, type QuotedKind, type QuotedValue } from './values-from-quotes.ts';
