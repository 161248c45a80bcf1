import { describe, expect, it } from 'vitest';
import { checkDemo } from '../../runtime/demo/submit.ts';

describe('`demo: true`', () => {
  const own = new Map([['echo', {}]]);

  it("without the chain of the demo's tickets is refused in one sentence that says what to do", () => {
    expect(() => checkDemo({ config: { demo: true }, chains: own })).toThrow(
      "`demo: true` hands the demo's tickets to the chain 'support-reply', which trimtab.config.ts does not list: take `demo: true` out, or add 'support-reply' to its chains",
    );
  });

  it('is taken with that chain, and the chain is not asked for without it', () => {
    expect(() => checkDemo({ config: { demo: true }, chains: new Map([...own, ['support-reply', {}]]) })).not.toThrow();
    expect(() => checkDemo({ config: {}, chains: own })).not.toThrow();
  });
});
