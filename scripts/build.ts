import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePage } from '../runtime/page.ts';
import { packageRoot } from '../runtime/package-root.ts';

const dist = join(packageRoot, 'dist');
/** The folders that tsconfig.build.json includes. */
const compiled = ['src', 'activities', 'workflows', 'runtime', 'cli', 'testing'];
/** What compiled files read beside themselves. */
const beside = ['src/store/migrations', 'runtime/demo/data', 'runtime/demo/shop.sql', 'runtime/demo/reports.sql'];

// A file that is no more must not be in the package either. The page stays: a running server may serve it.
for (const folder of compiled) rmSync(join(dist, folder), { recursive: true, force: true });
execFileSync(process.execPath, [join(packageRoot, 'node_modules/typescript/bin/tsc'), '-p', join(packageRoot, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
for (const path of beside) cpSync(join(packageRoot, path), join(dist, path), { recursive: true });
await ensurePage();
