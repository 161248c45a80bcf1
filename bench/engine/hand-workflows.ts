import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { HandActivities } from './hand-activities.ts';

type Calls = Pick<HandActivities, 'search' | 'draft' | 'judge'>;

/** What a Temporal user writes without us: the same calls, the same second try, and no records. */
async function notes({ search, draft, judge }: Calls, question: string): Promise<string> {
  const found = await search(question);
  const first = await accepted({ draft, judge }, { question, context: found });
  return accepted({ draft, judge }, { question: `${question}1`, context: first });
}

async function accepted({ draft, judge }: Pick<Calls, 'draft' | 'judge'>, asked: { question: string; context: unknown }): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const text = await draft({ ...asked, attempt });
    if (/\[\d\]/.test(text) && (await judge(text))) return text;
    if (attempt === 3) throw new Error('no draft was accepted');
  }
}

const timeouts = { startToCloseTimeout: '2 minutes' } as const;

export const regular = (question: string): Promise<string> => notes(proxyActivities<HandActivities>(timeouts), question);
export const local = (question: string): Promise<string> => notes(proxyLocalActivities<HandActivities>(timeouts), question);
