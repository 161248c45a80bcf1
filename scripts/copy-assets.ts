import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the compiled files read beside themselves. */
for (const folder of ['src/store/migrations', 'runtime/demo/data'])
  cpSync(`${root}${folder}`, `${root}dist/${folder}`, { recursive: true });
cpSync(`${root}runtime/demo/shop.sql`, `${root}dist/runtime/demo/shop.sql`);
