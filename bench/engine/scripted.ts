import type { Provider } from '../../src/providers/provider.ts';

/** What every contender asks: the same words, the same wait. One first draft in five is sent back by the judge: 5.4 calls a chain. */
export interface Scripted {
  draft(question: string, attempt: number): Promise<string>;
  judge(draft: string): Promise<boolean>;
}

const filler = 'Returns are free for thirty days, counted from the day the parcel arrives; the label is in the parcel [1]. '.repeat(5);
const sentBack = (question: string): boolean => Number(/\d+$/.exec(question)?.[0] ?? 0) % 5 === 0;
const wait = (ms: number): Promise<void> | undefined => (ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined);

export const scripted = (latencyMs: number): Scripted => ({
  async draft(question, attempt) {
    await wait(latencyMs);
    return `${attempt === 1 && sentBack(question) ? 'Hasty. ' : ''}${filler} ${question}`;
  },
  async judge(draft) {
    await wait(latencyMs);
    return !draft.startsWith('Hasty.');
  },
});

/** The same behind the seam of trimtab's providers: what is measured is the engine, not a wire. */
export function scriptedProvider(latencyMs: number): Provider {
  const { draft, judge } = scripted(latencyMs);
  return {
    name: 'scripted',
    async complete({ model, messages }) {
      const said = messages.map(({ content }) => content).join('\n');
      const text =
        model === 'judge'
          ? JSON.stringify({
              verdict: (await judge(/<reply>([^]*)<\/reply>/.exec(said)?.[1] ?? '')) ? 'pass' : 'fail',
              reason: 'hasty',
              at: null,
              blames: null,
              missing: null,
            })
          : JSON.stringify({ text: await draft(/<question>([^]*?)<\/question>/.exec(said)?.[1] ?? '', said.includes('hasty') ? 2 : 1) });
      return { type: 'answer', text, usage: { input_tokens: 400, output_tokens: 150 }, model };
    },
  };
}

/** Three passages of about 600 characters, as a search gives them. */
export const passages = (question: string) =>
  [1, 2, 3].map((n) => ({
    id: `p${n}`,
    source: 'shelf',
    title: `Page ${n}`,
    text: `${filler} ${question}`,
    at: '2026-01-01T00:00:00Z',
    trust: 'ours' as const,
  }));
