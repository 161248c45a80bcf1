/** What replies are made of: `{ text }`, `{ answer }` or a string. Anything else has no text to judge. */
export function textOf(output: unknown): string {
  if (typeof output === 'string') return output;
  const { text, answer } = (output ?? {}) as { text?: unknown; answer?: unknown };
  return typeof text === 'string' ? text : typeof answer === 'string' ? answer : '';
}

const stringsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsIn) : [];

/** What the customer wrote: `ticket` or `question` of the step's input. */
export function askedIn(input: unknown): string {
  const { ticket, question } = (input ?? {}) as { ticket?: unknown; question?: unknown };
  return [...stringsIn(ticket), ...stringsIn(question)].join('\n');
}

/** What the customer wrote, in parts. A question of its own has no subject. `asked`: as words to search for, at most 300 characters. */
export function questionIn(input: unknown): { subject: string; body: string; asked: string } {
  const { ticket, question } = (input ?? {}) as { ticket?: unknown; question?: unknown };
  const { subject, body } = (ticket ?? {}) as { subject?: unknown; body?: unknown };
  const parts = {
    subject: typeof subject === 'string' ? subject : '',
    body: typeof body === 'string' ? body : stringsIn(ticket ?? question).join('\n'),
  };
  return { ...parts, asked: `${parts.subject} ${parts.body}`.trim().slice(0, 300) };
}
