import { expect, it, vi } from 'vitest';
import { keepServing } from '../../runtime/local/keep-serving.ts';

/** A server that dies when told to. */
function server(port: number) {
  let die = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    die = resolve;
  });
  return { port, ended, die, stop: async () => die() };
}
type Server = ReturnType<typeof server>;

/** What comes at each start: a server, or the trouble that keeps it away. */
function keep(first: Server, comes: (Server | Promise<Server> | string)[]) {
  const said: string[] = [];
  let tell = (): void => undefined;
  const kept = keepServing(first, {
    name: 'Temporal',
    start: async () => {
      const next = comes.shift();
      if (next === undefined) throw new Error('it was not to be started');
      if (typeof next === 'string') throw new Error(next);
      return next;
    },
    at: ({ port }) => `127.0.0.1:${port}`,
    say: (line) => {
      said.push(line);
      tell();
    },
  });
  const until = (line: string) =>
    new Promise<void>((resolve) => {
      tell = () => said.at(-1) === line && resolve();
      tell();
    });
  return { kept, said, until };
}

it('a local server that dies is started again until it is back, and each trouble on the way is told once', async () => {
  const [first, second] = [server(7_000), server(7_000)];
  const { kept, said, until } = keep(first, ['no room', 'no room', second]);
  first.die();
  await until('Temporal is back');
  expect(said).toEqual(['Temporal ended; starting it again', 'Temporal does not start: no room; trying again', 'Temporal is back']);
  await kept.stop();
  await second.ended;
  expect(said).toHaveLength(3);
}, 20_000);

it('one that comes up where nobody looks for it is stopped, and tried again at its address', async () => {
  const [first, elsewhere, again] = [server(7_000), server(7_001), server(7_000)];
  const { kept, said, until } = keep(first, [elsewhere, again]);
  first.die();
  await until('Temporal is back');
  await elsewhere.ended;
  expect(said[1]).toBe('Temporal does not start: 127.0.0.1:7000 is taken by another process; trying again');
  await kept.stop();
}, 20_000);

it('one that was stopped stays so, also when it was just coming up', async () => {
  const still = keep(server(7_000), []);
  await still.kept.stop();
  const [first, late] = [server(7_000), server(7_000)];
  let arrive = (): void => undefined;
  const comes = [
    new Promise<Server>((resolve) => {
      arrive = () => resolve(late);
    }),
  ];
  const coming = keep(first, comes);
  first.die();
  await vi.waitFor(() => expect(comes).toEqual([]));
  const stopped = coming.kept.stop();
  arrive();
  await stopped;
  await late.ended;
  expect([still.said, coming.said]).toEqual([[], ['Temporal ended; starting it again']]);
});
