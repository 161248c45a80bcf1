import { startProviderServer } from '../testing/provider-server.ts';

/** The scripted provider as a process of its own, so that its CPU time is not counted. Says its address to its parent. */
const text = JSON.stringify({ text: 'Delivery costs €4.95 within the country and takes two to three days [1]. '.repeat(11) });
const server = await startProviderServer(() => ({ text }));
process.send?.(server.url);
process.on('disconnect', () => process.exit());
