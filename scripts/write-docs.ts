import { writeFileSync } from 'node:fs';
import { openApiText } from '../runtime/openapi.ts';
import { cliPage } from '../cli/help-page.ts';

writeFileSync(new URL('../docs/openapi.json', import.meta.url), await openApiText());
writeFileSync(new URL('../docs/cli.md', import.meta.url), cliPage());
