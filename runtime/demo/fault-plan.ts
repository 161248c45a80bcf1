import { demoCases } from './tickets.ts';

/** Letters and digits only: a prompt escapes and wraps what a ticket says. */
const bare = (text: string): string =>
  text
    .replace(/&(?:[a-z]+|#x?[0-9a-f]+);/gi, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** The longest line of a ticket tells it from all others. */
const marks = demoCases.map(({ ticket, path }) => {
  const longest = ticket.body.split('\n').reduce((a, b) => (b.length > a.length ? b : a));
  return { path, mark: bare(longest).slice(0, 120) };
});

/** Advice in a prompt: it is no first draft any more. */
const advised = /<(advice|previous|verdicts?|rejected)\b/i;

/**
 * Which fault the demo model makes for this prompt, so that each demo ticket shows its case: `wrong_amount` in the first
 * draft of the ticket that heals, `null` (none) for everything else about the demo tickets, `undefined` (chosen by hash)
 * for any other text.
 */
export function demoFaultPlan(prompt: string): 'wrong_amount' | null | undefined {
  const text = bare(prompt);
  const known = marks.find(({ mark }) => text.includes(mark));
  if (!known) return undefined;
  const draft = !/<reply>/i.test(prompt) && !advised.test(prompt);
  return known.path === 'heals' && draft ? 'wrong_amount' : null;
}
