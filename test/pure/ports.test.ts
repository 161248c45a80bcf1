import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../runtime/local/ports.ts';

it('a free port lies below those of outgoing connections, where nothing takes it between the look and the server', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
  expect(ports.filter((port) => port < 10_000 || port >= 32_768)).toEqual([]);
  expect(new Set(ports).size).toBeGreaterThan(15);
});

it('the preferred port is taken when it is free, and another when it is not', async () => {
  const wanted = await freePort();
  expect(await freePort(wanted)).toBe(wanted);
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(wanted, '127.0.0.1', resolve);
  });
  const other = await freePort(wanted);
  server.close();
  expect(other).not.toBe(wanted);
});
