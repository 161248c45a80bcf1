import { chmodSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RealTemporal } from './install.ts';

/**
 * A program that is started like Temporal's command line (`server start-dev --port … --db-filename …`) and becomes the real
 * server on Postgres: by exec, so that a signal to it is one to the server. Everything that starts a Temporal by TEMPORAL_CLI
 * works with it unchanged, kills and restarts included.
 */
export function writeProgram(folder: string, { server }: RealTemporal, postgres: URL): string {
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const dynamic = join(folder, 'dynamic.yaml');
  // One partition a queue: a backlog is then a number and not an estimate.
  writeFileSync(
    dynamic,
    ['matching.numTaskqueueReadPartitions', 'matching.numTaskqueueWritePartitions'].map((name) => `${name}:\n  - value: 1\n`).join(''),
  );
  const program = join(folder, 'temporal');
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  writeFileSync(
    program,
    `#!/bin/bash
set -eu
if [ "\${1-}" = --version ]; then echo "Temporal server on Postgres"; exit 0; fi
port=7233; file=
while [ $# -gt 0 ]; do
  case "$1" in --port) port=$2; shift;; --db-filename) file=$2; shift;; esac
  shift
done
settings=$(TEMPORAL_POSTGRES=${quoted(postgres.href)} ${quoted(process.execPath)} --import ${quoted(createRequire(import.meta.url).resolve('tsx'))} ${quoted(here('settings.ts'))} "$port" "$file")
set -a; eval "$settings"; set +a
export DYNAMIC_CONFIG_FILE_PATH=${quoted(dynamic)}
${quoted(process.execPath)} --import ${quoted(createRequire(import.meta.url).resolve('tsx'))} ${quoted(here('namespace.ts'))} "127.0.0.1:$port" &
exec -a 'temporal server start-dev (on Postgres)' ${quoted(server)} --allow-no-auth start
`,
  );
  chmodSync(program, 0o700);
  return program;
}
