import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { defineConfig } from '../../src/define/config.ts';
import type { LoadedChain } from '../../src/define/loaded-chain.ts';
import { costOf } from '../../src/providers/prices.ts';
import { familyOf } from '../../src/providers/usual-models.ts';
import { kindredJudges, modelTable } from '../../runtime/models.ts';
import { groundedAnswer } from '../../chains/grounded-answer/definition.ts';

const table = (env: Record<string, string>, config: Parameters<typeof defineConfig>[0] = { chains: {} }) =>
  modelTable(defineConfig(config), readConfig(env));
const cast = (env: Record<string, string>) =>
  ['writer', 'writer-large', 'judge'].map((role) => `${table(env)(role).provider}/${table(env)(role).model}`);
const both = { OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b' };
const chains: LoadedChain[] = [{ name: 'grounded-answer', folder: '', definition: groundedAnswer, prompts: new Map() }];

describe('who plays a role that the config does not name', () => {
  it('follows from the keys, with a judge of another family where both are there', () => {
    expect(cast({ OPENAI_API_KEY: 'a' })).toEqual(['openai/gpt-4.1-mini', 'openai/gpt-4.1', 'openai/gpt-4.1']);
    expect(cast({ ANTHROPIC_API_KEY: 'b' })).toEqual([
      'anthropic/claude-haiku-4-5',
      'anthropic/claude-sonnet-4-6',
      'anthropic/claude-sonnet-4-6',
    ]);
    expect(cast(both)).toEqual(['openai/gpt-4.1-mini', 'openai/gpt-4.1', 'anthropic/claude-sonnet-4-6']);
  });

  it('can be renamed by the environment, and goes to the provider that has such a model', () => {
    expect(cast({ ...both, TRIMTAB_JUDGE_MODEL: 'gpt-5', TRIMTAB_WRITER_MODEL: 'claude-opus-5' })).toEqual([
      'anthropic/claude-opus-5',
      'openai/gpt-4.1',
      'openai/gpt-5',
    ]);
    expect(cast({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', TRIMTAB_WRITER_MODEL: 'claude-like' })[0]).toBe('openai/claude-like');
  });

  it('is nobody where the role is of the author’s own making', () => {
    expect(() => table(both)('translator')).toThrow(/no model for the role 'translator'/);
  });
});

describe('a judge of the family that wrote what it judges', () => {
  it('is named once a pair, for the writers of every rung', () => {
    expect(kindredJudges(chains, table({ OPENAI_API_KEY: 'a' }))).toEqual([
      expect.stringMatching(/^judge \(openai\/gpt-4\.1\) judges writer \(openai\/gpt-4\.1-mini\), both of the family GPT/),
      expect.stringMatching(/^judge \(openai\/gpt-4\.1\) judges writer-large \(openai\/gpt-4\.1\)/),
    ]);
  });

  it('is not complained of where the families differ, nor with the demo model', () => {
    expect(kindredJudges(chains, table(both))).toEqual([]);
    expect(kindredJudges(chains, table({ TRIMTAB_DEMO_MODEL_URL: 'http://127.0.0.1:1/v1' }))).toEqual([]);
  });

  it('is known by the name of the model, whoever serves it', () => {
    expect(
      [
        'claude-haiku-4-5',
        'anthropic/claude-3',
        'gpt-4.1',
        'openai/gpt-oss-20b',
        'o3-mini',
        'meta-llama/Llama-3',
        'mixtral-8x7b',
        'my-own',
      ].map(familyOf),
    ).toEqual(['Claude', 'Claude', 'GPT', 'GPT', 'GPT', 'Llama', 'Mistral', 'my-own']);
  });
});

describe('the price of a model', () => {
  const model = { provider: 'openai', model: 'gpt-4.1' };
  const prices = { 'openai/gpt-4.1': { input: 1, output: 2, cached: 0.1 } };

  it('is the list price, over it the table of the config, over that the model’s own', () => {
    const listed = table(both, { chains: {}, models: { writer: model } })('writer');
    expect(listed).toMatchObject({ input_usd_per_mtok: 2, output_usd_per_mtok: 8, cached_usd_per_mtok: 0.5 });
    expect(table(both, { chains: {}, models: { writer: model }, prices })('writer')).toMatchObject({
      input_usd_per_mtok: 1,
      cached_usd_per_mtok: 0.1,
    });
    const own = table(both, { chains: {}, models: { writer: { ...model, price: { input: 3, output: 4 } } }, prices })('writer');
    expect(own).toMatchObject({ input_usd_per_mtok: 3, output_usd_per_mtok: 4 });
    expect(own).not.toHaveProperty('cached_usd_per_mtok');
  });

  it('charges cached input at its own price, and all of it where there is none', () => {
    const usage = { input_tokens: 1_000_000, output_tokens: 0, cached_tokens: 400_000 };
    expect(costOf({ input_usd_per_mtok: 2, output_usd_per_mtok: 8, cached_usd_per_mtok: 0.5 }, usage)).toBeCloseTo(1.4, 12);
    expect(costOf({ input_usd_per_mtok: 2, output_usd_per_mtok: 8 }, usage)).toBeCloseTo(2, 12);
  });

  it('is unknown, not zero, where nobody knows it, and must be money where it is given', () => {
    const unknown = table(both, { chains: {}, models: { writer: { provider: 'openai', model: 'no-such' } } })('writer');
    expect([unknown.input_usd_per_mtok, costOf(unknown, { input_tokens: 1, output_tokens: 1 })]).toEqual([null, null]);
    expect(() => defineConfig({ chains: {}, prices: { 'openai/x': { input: Number.NaN, output: 1 } } })).toThrow(/prices\['openai\/x'\]/);
    expect(() => defineConfig({ chains: {}, models: { writer: { ...model, price: { input: -1, output: 1 } } } })).toThrow(
      /models\.writer\.price/,
    );
  });
});
