/** Chain functions of the flow scenarios. They use their steps and tools only, so that any engine can run them. */
import type { Body, StepFunction } from '../../src/correct/conduct.ts';

type Steps = Record<'facts' | 'left' | 'right' | 'draft' | 'approve' | 'send' | 'check', StepFunction>;
const body = (run: (input: unknown, steps: Steps, tools: Parameters<Body>[2]) => Promise<unknown>): Body => run as Body;

export const bodies = {
  straight: body(async (question, { facts, draft, check }) => {
    const found = await facts({ question });
    const text = await draft({ question, found });
    await check({ text });
    return text;
  }),

  parallel: body(async (question, { facts, left, right }) => {
    const found = await facts({ question });
    return Promise.all([left({ found }), right({ found })]);
  }),

  independent: body(async (question, { facts, left, right }) => {
    const found = await facts({ question });
    return Promise.all([left({ found }), right({ question })]);
  }),

  swallowing: body(async (question, { facts, draft }) => {
    try {
      const found = await facts({ question });
      return await draft({ found });
    } catch {
      return 'swallowed';
    } finally {
      await draft({ in: 'finally' });
    }
  }),

  looping: body(async (question, { facts, draft, check }) => {
    const found = (await facts({ question })) as string[];
    const parts: unknown[] = [];
    for (const passage of found) parts.push(await draft({ passage }));
    await check({ parts });
    return parts;
  }),

  timed: body(async (question, { facts, draft }, { now, random, sleep }) => {
    const started = now();
    const luck = [random(), random()];
    const found = await facts({ question });
    await sleep(3_600_000);
    const woke = now();
    await draft({ found, started, luck, woke });
    return { started, luck, woke };
  }),

  sent: body(async (question, { facts, send, draft }) => {
    const found = await facts({ question });
    await send({ found });
    return draft({ found });
  }),

  approved: body(async (question, { draft, approve, check }) => {
    const text = await draft({ question });
    const final = await approve(text);
    await check({ final });
    return final;
  }),

  overtaken: body(async (question, { facts, draft, approve, check }) => {
    const found = await facts({ question });
    const text = await draft({ question });
    const [final] = await Promise.all([approve(text), check({ found })]);
    return final;
  }),

  twice: body(async (question, { draft, check }) => {
    const texts = [await draft({ question }), await draft({ question })];
    await check({ texts });
    return texts;
  }),

  keyed: body(async (question, { facts, draft, check }) => {
    const found = await facts({ question });
    const text = await draft({ found }, { key: 'the one draft' });
    await check({ found, text });
    return text;
  }),

  keysApart: body(async (question, { send }) => [
    await send({ question }, { key: 'a' }),
    await send({ question }, { key: 'b' }),
    await send({ question }),
  ]),

  buggy: body(async (question, { facts }) => {
    await facts({ question });
    return (undefined as unknown as { text: string }).text;
  }),

  mended: body(async (question, { facts }) => ({ found: await facts({ question }) })),

  forgiving: body(async (question, { facts, draft, check }) => {
    const found = await facts({ question });
    let text: unknown;
    try {
      text = await draft({ question });
    } catch (error) {
      text = `without a draft: ${(error as { code?: string }).code}`;
    }
    await check({ found, text });
    return text;
  }),

  careless: body(async (question, { draft, facts }) => {
    void draft({ question });
    return facts({ question });
  }),

  sleepy: body(async (question, { facts }, { sleep }) => {
    await sleep(86_400_000);
    return facts({ question });
  }),

  drafted: body(async (question, { draft }) => draft({ question })),

  asking: body(async (question, { draft, approve }) => approve(await draft({ question }))),
} satisfies Record<string, Body>;
export type BodyName = keyof typeof bodies;
