/**
 * `npm run encyclopedia -- [--port 8095]`
 * The articles that the cases of research-answer are about, behind Wikipedia's REST API on this machine: an evaluation needs
 * sources that say the same every time.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startWikipediaServer, type WikipediaPage } from '../testing/wikipedia-server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8095' } } });
const articles = readFileSync(new URL('../chains/research-answer/articles.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as WikipediaPage);
const { url } = await startWikipediaServer(articles, Number(values.port));
console.log(`${articles.length} articles at ${url}; start the stack with\n  TRIMTAB_ENDPOINT_WIKIPEDIA=${url} npx trimtab dev`);
