import { installTemporal } from './scripts/real-temporal/install.ts';
import { readConfig } from './src/config.ts';
console.log(await installTemporal(readConfig().cache, (l) => console.log(l)));
