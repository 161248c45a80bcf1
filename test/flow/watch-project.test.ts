import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { watchProject } from '../../runtime/watch-project.ts';
import type { Project } from '../../runtime/project.ts';
import { until } from '../stack/engine.ts';

const root = mkdtempSync(join(tmpdir(), 'trimtab-watch-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('a saved file of code is a save; a new folder, data and what node_modules holds are none', async () => {
  const configFile = join(root, 'trimtab.config.ts');
  writeFileSync(configFile, '');
  const saved: string[] = [];
  const project: Project = { root, configFile, config: { chains: {} }, chains: new Map() };
  const stop = await watchProject(project, join(root, '.trimtab'), async (file) => void saved.push(file));
  let n = 0;
  // Until the watch has begun there is nothing to see.
  await until(async () => {
    writeFileSync(join(root, 'first.ts'), `${(n += 1)}`);
    await pause(300);
    return saved.length > 0;
  });
  saved.length = 0;
  mkdirSync(join(root, 'docs'));
  writeFileSync(join(root, 'docs', 'a.md'), '#');
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'node_modules', 'x.js'), '');
  // Longer than saves are gathered, so that none of these hides behind the next.
  await pause(600);
  writeFileSync(join(root, 'docs', 'limits.ts'), '');
  await until(async () => saved.includes(join(root, 'docs', 'limits.ts')));
  expect(saved.filter((file) => file !== join(root, 'first.ts'))).toEqual([join(root, 'docs', 'limits.ts')]);
  await stop();
});
