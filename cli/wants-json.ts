/** Asked of the words themselves: a wrong option is found before any option is read. */
export const wantsJson = (words: readonly string[] = process.argv.slice(2)): boolean =>
  words.slice(0, words.includes('--') ? words.indexOf('--') : undefined).includes('--json');
