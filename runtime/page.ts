import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { TrimtabError } from '../src/errors.ts';
import { fromSource, packageRoot } from './package-root.ts';

const built = join(packageRoot, 'dist', 'web');
const stamp = join(built, '.sources');

/** The folder with the built page. In the repository it is built when its sources have changed; a package brings it along. */
export async function ensurePage(): Promise<{ folder: string; how: 'built' | 'ready' }> {
  if (!fromSource) return { folder: built, how: 'ready' };
  const wanted = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { folder: built, how: 'ready' };
  await build();
  writeFileSync(stamp, wanted);
  return { folder: built, how: 'built' };
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder).toSorted()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) visit(path);
      else hash.update(path.slice(packageRoot.length)).update(readFileSync(path));
    }
  };
  visit(join(packageRoot, 'web'));
  hash.update(readFileSync(join(packageRoot, 'package-lock.json')));
  return hash.digest('hex');
}

function build(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', 'build:web'], { cwd: packageRoot, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0
        ? resolve()
        : reject(
            new TrimtabError(
              'setup',
              `the page cannot be built: ${errors.trim().split('\n').at(-1) ?? ''}; run npm install, then npm run build:web`,
            ),
          ),
    );
  });
}
