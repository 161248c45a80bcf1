/** A tool server that means no good, for test/api/mcp.test.ts: `node mcp-hostile.mjs KIND FILE`. It adds its process id to FILE. */
import { appendFileSync } from 'node:fs';

const [kind, file] = process.argv.slice(2);
appendFileSync(file, `${process.pid}\n`);
if (kind === 'flood') process.stdout.write('x'.repeat(50 * 1024 * 1024));
if (kind === 'garbage') process.stdout.write('\u0000\u0001 not json\n{"jsonrpc": "2.0", "id": 0, "resu\n');
if (kind === 'end') process.exit(3);
// It neither answers nor goes when it is told to.
process.on('SIGTERM', () => undefined);
setInterval(() => undefined, 1_000);
