const typescript = /^file:(?:(?!\?|%3F).)*\.ts(?=$|\?|%3F)/;

/**
 * A project's TypeScript is ES modules whatever its package.json says: that of an empty folder says nothing, and the one
 * npm init writes says commonjs. tsx would compile such a file to CommonJS, at an address of its own with a query.
 */
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  if (found.format !== 'commonjs' || found.url.includes('/node_modules/')) return found;
  const file = typescript.exec(found.url)?.[0];
  return file === undefined ? found : { ...found, url: file, format: 'module' };
}
