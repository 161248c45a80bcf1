import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { crashPoints } from '../../src/store/crash-point.ts';

const root = resolve(import.meta.dirname, '../..');

it('every named crash point stands somewhere in the product', () => {
  const sources = ['src', 'activities', 'runtime'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
  const passed = new Set(sources.flatMap((source) => [...source.matchAll(/crashPoint\('([^']+)'\)/g)].map(([, name]) => name)));
  expect([...passed].toSorted()).toEqual([...crashPoints].toSorted());
});

it('one is deadly when the environment names it, at the passing it names, and otherwise nothing', () => {
  const script =
    "const { crashPoint } = await import('./src/store/crash-point.ts'); crashPoint('relay.told'); console.log('once'); crashPoint('relay.told'); console.log('twice');";
  const passing = (env: Record<string, string>) => {
    const { signal, stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...env },
    });
    return { signal, said: stdout.trim().split('\n') };
  };
  expect(passing({})).toEqual({ signal: null, said: ['once', 'twice'] });
  expect(passing({ TRIMTAB_CRASH_AT: 'relay.told:2' })).toEqual({ signal: 'SIGKILL', said: ['once'] });
  expect(passing({ TRIMTAB_CRASH_AT: 'relay.leased' })).toEqual({ signal: null, said: ['once', 'twice'] });
});
