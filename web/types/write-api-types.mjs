// Writes web/generated/api.ts from docs/openapi.json. `npm run types:web`; with --check it only compares and exits 1 on a difference.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';

register('./use-typescript-5.mjs', import.meta.url);
const { default: openapiTypescript, astToString } = await import('openapi-typescript');

const source = new URL('../../docs/openapi.json', import.meta.url);
const target = new URL('../generated/api.ts', import.meta.url);
const text = `// Written by \`npm run types:web\` from docs/openapi.json. Do not edit.\n${astToString(await openapiTypescript(source))}`;

if (process.argv.includes('--check')) {
  const same = existsSync(target) && readFileSync(target, 'utf8') === text;
  if (!same) console.error('web/generated/api.ts is not what docs/openapi.json says: run npm run types:web');
  process.exitCode = same ? 0 : 1;
} else {
  mkdirSync(new URL('./', target), { recursive: true });
  writeFileSync(target, text);
}
