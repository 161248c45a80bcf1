import { sql } from 'kysely';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { onChange } from '../../src/api/changes.ts';
import type { LiveEvent } from '../../src/shapes/event.ts';
import type { Database } from '../../src/store/database.ts';
import { startListener, type Listener } from '../../src/store/listener.ts';
import { testDatabase } from '../stack/database.ts';
import { until } from '../stack/engine.ts';

let db: Database;
let url: string;
beforeAll(async () => {
  ({ db, url } = await testDatabase());
});

const listening = async (): Promise<number[]> =>
  (
    await sql<{
      pid: number;
    }>`select pid from pg_stat_activity where application_name = 'trimtab listen' and datname = current_database()`.execute(db)
  ).rows.map((row) => row.pid);
const say = (text: string) => sql`select pg_notify('trimtab_test', ${text})`.execute(db);
function begin(): Listener {
  const listener = startListener(url);
  onTestFinished(() => listener.stop());
  return listener;
}
/** Heard from now on: said again until the first is heard. */
async function ready(listener: Listener, heard: string[]): Promise<void> {
  listener.on('trimtab_test', (payload) => heard.push(payload));
  await until(async () => {
    await say('ready');
    return heard.length > 0;
  });
}

describe('the listener', () => {
  it('comes back when its connection is cut, says so, and stays one connection', async () => {
    const listener = begin();
    const heard: string[] = [];
    let returns = 0;
    await ready(listener, heard);
    listener.onReturn(() => {
      returns += 1;
    });
    for (let cut = 1; cut <= 3; cut += 1) {
      const [pid] = await listening();
      await sql`select pg_terminate_backend(${pid})`.execute(db);
      await until(async () => returns >= cut);
      await say(`after cut ${cut}`);
      await until(async () => heard.includes(`after cut ${cut}`));
    }
    expect(heard.filter((each) => each === 'after cut 3')).toHaveLength(1);
    expect(returns).toBe(3);
    expect(await listening()).toHaveLength(1);
  });

  it('leaves no connection behind, also when it is stopped at once', async () => {
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        await startListener(url).stop();
      }),
    );
    const later = startListener(url);
    await until(async () => (await listening()).length > 0);
    await later.stop();
    expect(await until(async () => (await listening()).length === 0)).toBe(true);
  });

  it('is not stopped by a word that is no event', async () => {
    const listener = begin();
    const heard: string[] = [];
    await ready(listener, heard);
    const events: LiveEvent[] = [];
    onTestFinished(onChange(listener, (event) => events.push(event)));
    const event: LiveEvent = {
      type: 'run',
      id: 'run_1',
      run_id: 'run_1',
      chain: 'demo',
      status: 'running',
      queue: null,
      at: '2026-01-01T00:00:00.000Z',
    };
    await until(async () => {
      for (const text of ['{"type":', '[]', JSON.stringify(event)]) await sql`select pg_notify('trimtab_events', ${text})`.execute(db);
      return events.length > 0;
    });
    expect(events[0]).toEqual(event);
  });
});
