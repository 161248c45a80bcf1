import { fileURLToPath } from 'node:url';
import { heartbeat, activityInfo, cancellationSignal } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import type { Note } from '../../src/shapes/call.ts';
import type { Plan } from '../../src/shapes/plan.ts';
import type { AskedQuestion, ParkedCause, People, PerformCall } from '../../testing/in-process-engine.ts';
import type { CallRequest } from '../../src/shapes/call.ts';
import { approveAll } from '../../testing/scripted-people.ts';
import { testTemporal } from '../stack/temporal.ts';
import type { Controls, Ended, Scenario, Seen } from './scenario.ts';

interface Playing {
  plan: Plan;
  perform: PerformCall;
  people: People;
  handle: WorkflowHandle | null;
  ended: Ended | null;
  calls: CallRequest[];
  questions: (AskedQuestion & { id: string })[];
  causes: ParkedCause[];
  notes: Note[];
}

export interface TemporalPlayer {
  play(scenario: Scenario): Promise<{ ended: Ended; seen: Seen; handle: WorkflowHandle }>;
  replay(handle: WorkflowHandle): Promise<void>;
  stop(): Promise<void>;
}

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };

/** Plays scenarios on the real Temporal: the adapter, the sandbox and the history are real, hands and people are scripted. */
export async function startPlayer(taskQueue: string): Promise<TemporalPlayer> {
  Runtime.install({ logger: silent });
  const { address } = testTemporal();
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./temporal-workflows.ts', import.meta.url)),
    logger: silent,
  });
  const runs = new Map<string, Playing>();
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities: { ...activitiesOf(runs) } });
  const running = worker.run();
  const client = new Client({ connection: await Connection.connect({ address }) });
  let count = 0;
  return {
    async play(scenario) {
      const id = `${taskQueue}-${(count += 1)}`;
      const { perform, people = approveAll } = scenario.script();
      const playing: Playing = {
        plan: { ...scenario.plan, run_id: id },
        perform,
        people,
        handle: null,
        ended: null,
        calls: [],
        questions: [],
        causes: [],
        notes: [],
      };
      runs.set(id, playing);
      const chain = scenario.nextBody ? `${scenario.body}>${scenario.nextBody}` : scenario.body;
      const handle = await client.workflow.start('scenario', {
        workflowId: id,
        taskQueue,
        args: [{ run_id: id, chain, input: scenario.input ?? 'question' }],
      });
      playing.handle = handle;
      await Promise.all([handle.result().catch(() => undefined), scenario.drive?.(controlsOf(playing, handle))]);
      if (!playing.ended) throw new Error(`${scenario.name}: the workflow ended without closing the run`);
      return { ended: playing.ended, seen: playing, handle };
    },
    async replay(handle) {
      await Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory(), handle.workflowId);
    },
    async stop() {
      worker.shutdown();
      await running;
      await client.connection.close();
      await connection.close();
    },
  };
}

function controlsOf(playing: Playing, handle: WorkflowHandle): Controls {
  return {
    seen: playing,
    async when(holds) {
      while (!holds(playing)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    cancel: () => void handle.cancel(),
    retry: () => void handle.signal('retry'),
    crowd: () => {
      throw new Error("the length of a history is the server's");
    },
  };
}

function activitiesOf(runs: Map<string, Playing>): Activities {
  const of = (id: string): Playing => {
    const playing = runs.get(id);
    if (!playing) throw new Error(`no scenario plays as ${id}`);
    return playing;
  };
  return {
    beginRun: () => Promise.reject(new Error('runs begin in the workflow here')),
    workBatch: () => Promise.reject(new Error('no batches here')),
    async openRun({ run_id, chain }) {
      return { type: 'plan', plan: { ...of(run_id).plan, chain } };
    },
    async perform(request) {
      const playing = of(request.key.run_id);
      playing.notes.push(...request.notes);
      playing.calls.push(structuredClone(request));
      const beat = setInterval(() => {
        if (!activityInfo().isLocal) heartbeat();
      }, 100);
      return playing.perform(request, cancellationSignal()).finally(() => clearInterval(beat));
    },
    async ask(request, notes) {
      const playing = of(request.run_id);
      playing.notes.push(...notes);
      const question = { id: `${request.run_id}/${playing.questions.length}`, request, status: 'pending' as AskedQuestion['status'] };
      playing.questions.push(question);
      void playing.people(request, new AbortController().signal).then(async (answer) => {
        if (answer.type !== 'decided' || question.status !== 'pending') return;
        question.status = 'decided';
        // Told twice, as an outbox may.
        for (let n = 0; n < 2; n += 1)
          await playing.handle?.signal('decision', { review_id: question.id, decision: answer.decision }).catch(() => undefined);
      });
      return { review_id: question.id, answer: null };
    },
    async settleReview({ review_id, to }) {
      const question = [...runs.values()].flatMap((playing) => playing.questions).find(({ id }) => id === review_id);
      if (question) question.status = to;
      return { type: to };
    },
    async park({ run_id, error, notes }) {
      of(run_id).notes.push(...notes);
      of(run_id).causes.push({
        code: error.code as ParkedCause['code'],
        message: error.message,
        step: error.step,
        retry_after_ms: null,
        over: false,
      });
    },
    async resume({ run_id }) {
      for (const cause of of(run_id).causes) cause.over = true;
    },
    async closeRun(close) {
      const playing = of(close.run_id);
      playing.notes.push(...close.notes);
      const { notes } = close;
      playing.ended =
        close.status === 'succeeded'
          ? { type: 'succeeded', output: close.output, notes, carried: null as never }
          : close.status === 'failed'
            ? { type: 'failed', error: close.error, notes }
            : { type: 'cancelled', notes };
      return { misfit: null };
    },
  };
}
