import { mkdir, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { z } from 'zod';
import { packageRoot } from '../../runtime/package-root.ts';
import { ensurePage } from '../../runtime/page.ts';
import { createApi } from '../../src/api/app.ts';
import type { ChainFacts } from '../../src/api/deps.ts';
import { Attachment } from '../../src/shapes/attachment.ts';
import { Reply } from '../../src/shapes/reply.ts';
import { Ticket } from '../../src/shapes/ticket.ts';
import type { Database } from '../../src/store/database.ts';
import { startListener } from '../../src/store/listener.ts';
import { inviteUser } from '../../src/store/sessions.ts';
import { testDatabase } from '../stack/database.ts';

export interface PageServer {
  db: Database;
  url: string;
  /** A one-time link that signs this person in. */ linkFor(name: string): Promise<string>;
  stop(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** The value of a chain that answers with more than a text. */
const Refund = z.strictObject({ amount: z.number().max(500, 'at most 500 may be refunded'), note: z.string() });

const facts: ChainFacts[] = [
  {
    name: 'support-reply',
    input: Ticket,
    output: z.object({}),
    steps: [
      { name: 'draft', kind: 'generate', input: z.object({}), output: Reply },
      { name: 'approve', kind: 'review', input: Reply, output: Reply },
    ],
  },
  {
    name: 'refund',
    input: z.object({ question: z.string() }),
    output: Refund,
    steps: [{ name: 'plan', kind: 'generate', input: z.object({}), output: Refund }],
  },
  { name: 'photos', input: z.strictObject({ question: z.string(), files: z.array(Attachment).max(2) }), output: z.object({}), steps: [] },
  { name: 'batch', input: z.object({ rows: z.array(z.number()) }), output: z.object({}), steps: [] },
];

/** The real API over a real database, with the built page. No worker: what runs do is written by the test. */
export async function pageServer(): Promise<PageServer> {
  const [{ db, url: databaseUrl }, folder] = await Promise.all([testDatabase(), builtPage()]);
  const listener = startListener(databaseUrl);
  let api: ReturnType<typeof createApi> | null = null;
  const listen = (port: number): Promise<ReturnType<typeof serve>> =>
    new Promise((resolve) => {
      const started = serve({ fetch: (request, env) => api!.fetch(request, env), port, hostname: '127.0.0.1' }, () => resolve(started));
    });
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  api = createApi({
    db,
    listener,
    publicUrl: url,
    chains: new Map(facts.map((each) => [each.name, each])),
    feedbackTypes: [],
    webRoot: folder,
    demoModel: true,
    endpointRefusal: () => Promise.resolve(null),
    log: (entry) => {
      if (entry['level'] === 'error') console.error(entry);
    },
    temporalTrouble: () => Promise.resolve(null),
    temporalUrl: (run) => `http://127.0.0.1:8233/namespaces/default/workflows/${run}`,
  });
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  return {
    db,
    url,
    pause,
    linkFor: async (name) => `${url}/sign-in?token=${await inviteUser(db, name)}`,
    resume: async () => {
      server = await listen(port);
    },
    stop: async () => {
      await pause();
      await listener.stop();
    },
  };
}

/** Test files run side by side: one builds, the others wait for it. */
async function builtPage(): Promise<string> {
  const lock = join(packageRoot, 'dist', '.building');
  await mkdir(join(packageRoot, 'dist'), { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch {
      const age =
        Date.now() -
        (await stat(lock).then(
          (found) => found.mtimeMs,
          () => Date.now(),
        ));
      if (age > 120_000) await rm(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  try {
    return (await ensurePage()).folder;
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}
