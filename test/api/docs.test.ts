import { readFileSync } from 'node:fs';
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
