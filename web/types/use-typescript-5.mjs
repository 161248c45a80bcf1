// openapi-typescript asks for the compiler API of TypeScript 5, which TypeScript 7 does not have: give it the alias.
export async function resolve(specifier, context, next) {
  return next(specifier === 'typescript' ? 'typescript-5' : specifier, context);
}
