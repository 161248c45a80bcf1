import { existsSync } from 'node:fs';
import { register as registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// In the repository the sources run as they are; in a package the compiled files do.
const source = new URL('../cli/main.ts', import.meta.url);
const fromSource = existsSync(source);
try {
  const { register } = await import('tsx/esm/api');
  register(fromSource ? { tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) } : {});
  registerHooks('./modules.mjs', import.meta.url);
} catch (error) {
  console.error(`trimtab's dependencies are missing (${error instanceof Error ? error.message.split('\n')[0] : error}). Run: npm install`);
  process.exit(1);
}
await import(fromSource ? source.href : new URL('../dist/cli/main.js', import.meta.url).href);
