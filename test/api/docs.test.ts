import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { cliPage } from '../../cli/help-page.ts';
import { openApiText } from '../../runtime/openapi.ts';

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

it('docs/openapi.json is what the routes say (npm run docs writes it)', async () => {
  expect(page('openapi.json')).toBe(await openApiText());
});
it('docs/cli.md is what the commands say (npm run docs writes it)', () => {
  expect(page('cli.md')).toBe(cliPage());
});

it('every link, path, script and command that the pages name is there', () => {
  const root = resolve(import.meta.dirname, '../..');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  let seen = 0;
  const missing = ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => join('docs', name))].flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const named = (pattern: RegExp, isThere: (name: string) => boolean) =>
      [...text.matchAll(pattern)].flatMap(([whole, name = '']) => {
        seen += 1;
        return isThere(name) ? [] : [`${file}: ${whole}`];
      });
    return [
      ...named(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g, (to) => existsSync(join(root, dirname(file), to))),
      ...named(/npm run ([\w:-]+)/g, (script) => script in scripts),
      ...named(/`(?:npx )?trimtab ([a-z][a-z-]*)/g, (command) => cliPage().includes(`trimtab ${command}`)),
      ...named(/`((?:src|test|runtime|bench|scripts|activities|workflows|testing|cli|docs|web|chains)\/[\w./-]+\.\w+)`/g, (path) =>
        existsSync(join(root, path)),
      ),
    ];
  });
  expect(missing).toEqual([]);
  expect(seen).toBeGreaterThan(100);
});
