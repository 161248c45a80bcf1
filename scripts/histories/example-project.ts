import { answerOf, type FaultPlan } from '../../runtime/demo/model/answer.ts';
import type { WriterFault } from '../../runtime/demo/model/faults.ts';
import { startShop } from '../../runtime/demo/start.ts';
import { startProviderServer, type ProviderCall, type Scripted } from '../../testing/provider-server.ts';
import { startWikipediaServer } from '../../testing/wikipedia-server.ts';
import type { Stack } from './stack.ts';

/** The example chains beside a demo model that nobody has measured: every call of theirs is in the history. */
export interface ExampleProject {
  /** Plant this in every first draft whose prompt says so, and nothing else; null: nothing at all. */
  plant(fault: { kind: WriterFault; where: string } | null): void;
  /** The next critic whose prompt names this step blames it. */
  blame(step: string): void;
  /** While it is away, every call is answered with 503. */
  away(is: boolean): void;
  /** Approve what the run waits for, and store the histories of its way to the end. */
  approved(run: string, name: string): Promise<void>;
  /** Start a run that ends without a person, and store its histories. */
  answered(chain: string, ask: { question: string; as: string }): Promise<void>;
  stop(): Promise<void>;
}

/** What the demo model would say. */
function demoAnswer({ model, messages, schema }: ProviderCall, plan: FaultPlan): Scripted {
  const { content, finish } = answerOf({ model, messages, schema, max_tokens: null }, { faults: false, fault_rate: 0, plan });
  return { text: content, finish };
}

export async function serveExamples(stack: Stack): Promise<ExampleProject> {
  let plan: FaultPlan = () => null;
  let blamed: string | null = null;
  let isAway = false;
  const model = await startProviderServer((call) => {
    if (isAway) return { status: 503 };
    const names = new RegExp(`the step "${blamed}"`, 'i');
    if (!call.messages.some(({ content }) => names.test(content))) return demoAnswer(call, plan);
    const said = { verdict: 'fail', reason: 'These do not hold what was asked.', at: null, blames: blamed, missing: 'words to search for' };
    blamed = null;
    return { text: JSON.stringify({ ...said, score: 0.1 }) };
  });
  const shop = await startShop(stack.home, stack.db, stack.postgresUrl);
  const wikipedia = await startWikipediaServer([
    { title: 'Erie Canal', extract: 'The Erie Canal is a canal in New York. It opened in 1825 and is 584 km from end to end.' },
  ]);
  await stack.serve({ env: { TRIMTAB_DEMO_MODEL_URL: model.openai_url, TRIMTAB_ENDPOINT_WIKIPEDIA: wikipedia.url, ...shop.env } });
  return {
    plant(fault) {
      plan = (prompt) => (fault && prompt.includes(fault.where) && !prompt.includes('<advice>') ? fault.kind : null);
    },
    blame(step) {
      blamed = step;
    },
    away(is) {
      isAway = is;
    },
    async approved(run, name) {
      await stack.decide(await stack.review(run), { decision: 'approve' });
      await stack.reach(run, 'succeeded');
      await stack.keepEnded(run, name);
    },
    async answered(chain, { question, as }) {
      const run = await stack.start(chain, { question });
      await stack.reach(run, 'succeeded');
      await stack.keepEnded(run, `${chain}-${as}`);
    },
    async stop() {
      await Promise.all([model.stop(), shop.stop(), wikipedia.close()]);
    },
  };
}
