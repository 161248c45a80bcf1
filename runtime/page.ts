import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { TrimtabError } from '../src/errors.ts';
import { fromSource, packageRoot } from './package-root.ts';

const built = join(packageRoot, 'dist', 'web');
const stampName = '.sources';
const stamp = join(built, stampName);

/** The folder with the built page. In the repository it is built when its sources have changed; a package brings it along. */
export async function ensurePage(): Promise<{ folder: string; how: 'built' | 'ready' }> {
  if (!fromSource) return { folder: built, how: 'ready' };
  const wanted = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { folder: built, how: 'ready' };
  await build(wanted);
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

/** Built beside the old one and then put in its place: a server that runs is never without a page, and two builds do not mix. */
async function build(sources: string): Promise<void> {
  const fresh = `${built}-${process.pid}`;
  const old = `${fresh}-old`;
  try {
    await vite(fresh);
    writeFileSync(join(fresh, stampName), sources);
    if (existsSync(built)) renameSync(built, old);
    renameSync(fresh, built);
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  }
}

function vite(folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ['run', '--silent', 'build:web', '--', '--outDir', folder, '--emptyOutDir'];
    const child = spawn('npm', args, { cwd: packageRoot, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new TrimtabError('setup', `the page cannot be built: ${causeIn(errors)}; run npm install, then npm run build:web`)),
    );
  });
}

/** The first error that was thrown; the last line is Node's version where it ended by one. */
function causeIn(words: string): string {
  const lines = words
    .trim()
    .split('\n')
    .map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b.*:/.test(line)) ?? lines.at(-1) ?? '';
}
