import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer } from '../../stack/call-api.ts';
import type { Client, PendingReview } from './client.ts';
import { say } from './say.ts';

export interface People {
  /** They stop looking at the queue; what they are at is finished. */
  leave(): Promise<void>;
}

/** People who decide whatever waits: they approve, and now and then write their own words. `pick`: leave the others alone. */
export function peopleAtWork(client: Client, options: { random: () => number; pick?: (review: PendingReview) => boolean }): People {
  const { random, pick = () => true } = options;
  const taken = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let here = true;
  const trouble: unknown[] = [];
  const work = (async () => {
    while (here) {
      const found = await client.call('/v1/reviews?status=pending&limit=100').catch(() => null);
      for (const review of pendingOf(found).filter((review) => !taken.has(review.id) && pick(review))) {
        taken.add(review.id);
        const deciding = client.decide(review, decisionFor(review, random)).then((answer) => {
          say(`decided ${review.id}: ${answer.status}`);
          if (answer.status !== 200) trouble.push(`${review.id} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
        });
        underWay.add(deciding);
        void deciding.catch((error: unknown) => trouble.push(error)).finally(() => underWay.delete(deciding));
      }
      await sleep(300);
    }
    await Promise.allSettled(underWay);
  })();
  return {
    async leave() {
      here = false;
      await work;
      if (trouble.length > 0) throw new Error(`decisions failed: ${trouble.map(String).join('; ').slice(0, 2_000)}`);
    },
  };
}

const pendingOf = (answer: ApiAnswer | null): PendingReview[] => (answer?.status === 200 ? (answer.body.data as PendingReview[]) : []);

function decisionFor(review: PendingReview, random: () => number): Record<string, unknown> {
  if (random() < 0.75) return { decision: 'approve' };
  const { text } = review.value as { text: string };
  return { decision: 'edit', value: { text: `${text} Kind regards.` } };
}
