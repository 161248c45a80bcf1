import { fileURLToPath } from 'node:url';
import { runServer } from '../../runtime/server-process.ts';
import { runWorker } from '../../runtime/worker-process.ts';
import { scriptedProvider } from './scripted.ts';

const [part = 'worker', latency = '0'] = process.argv.slice(2);
const configFile = fileURLToPath(new URL('./trimtab.config.ts', import.meta.url));
if (part === 'server') await runServer({ configFile });
else await runWorker({ configFile, providers: new Map([['scripted', scriptedProvider(Number(latency))]]) });
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
