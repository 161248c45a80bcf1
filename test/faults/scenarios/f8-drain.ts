import { seededRandom } from '../../../src/correct/seeded-random.ts';
import { createClient } from '../harness/client.ts';
import { countRuns } from '../harness/count-runs.ts';
import { judge, type Counts, type Fault, type Size } from '../harness/fault.ts';
import { liveness, settle } from '../harness/invariants.ts';
import { peopleAtWork } from '../harness/people.ts';
import { startFaultStack } from '../harness/stack.ts';
import { reaches } from '../harness/until.ts';

/** SIGTERM with streams open: half of them end within the grace, the others are handed on. */
async function run({ full, seed }: Size): Promise<Counts> {
  const streams = full ? 100 : 20;
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const never = new Promise<void>(() => undefined);
  const first = new Set<string>();
  const stack = await startFaultStack({
    say(call, question) {
      if (call.model === 'judge-1' || first.has(question) || !question.startsWith('stream')) return null;
      first.add(question);
      return { text: JSON.stringify({ text: `Answer to ${question} [1].` }), hold_midway: question.includes('slow') ? never : answered };
    },
  });
  try {
    await stack.server();
    const leaving = await stack.worker();
    const client = createClient(stack);
    const names = Array.from({ length: streams }, (_, n) => `stream ${n} ${n % 2 === 0 ? 'quick' : 'slow'}`);
    await Promise.all(names.map((name) => client.start(name)));
    await reaches(streams, 'streams are open', () => first.size);
    const from = Date.now();
    const end = leaving.end('SIGTERM');
    await leaving.until('worker stops');
    answer();
    const { code, signal } = await end;
    const tookMs = Date.now() - from;
    await stack.worker();
    const people = peopleAtWork(client, { random: seededRandom(seed) });
    await reaches(streams, 'runs have succeeded', () => countRuns(stack, 'succeeded'));
    const found = await settle(stack, client);
    const aliveMs = await liveness(stack, client);
    await people.leave();
    const again = names.filter((name) => stack.model.callsFor(name, 'writer-1').length > 1);
    const wrongly = again.filter((name) => name.includes('quick'));
    return judge({
      operations: streams,
      kills: 0,
      succeeded: streams - wrongly.length,
      lost: found.lost.length + (code === 0 && signal === null && tookMs < 35_000 ? 0 : 1),
      doubled: found.doubled.length + wrongly.length,
      notes: {
        exit: String(code ?? signal),
        took_ms: tookMs,
        handed_on: again.length,
        alive_ms: aliveMs,
        findings: [...found.lost, ...found.doubled].slice(0, 3).join('; '),
      },
    });
  } finally {
    await stack.stop();
  }
}

export const drain: Fault = { id: 'F8', title: 'SIGTERM with streams open', kills: { slice: 0, full: 0 }, run };
