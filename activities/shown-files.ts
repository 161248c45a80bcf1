import { attachmentsIn, withoutFiles } from '../src/correct/attachments.ts';
import type { PromptMessage } from '../src/prompts/prompt.ts';
import type { Message } from '../src/providers/provider.ts';

/** The files of a step's input go with the first message of the user, whose prompt names them. */
export function withFiles(messages: readonly PromptMessage[], input: unknown): Message[] {
  const parts = attachmentsIn(input);
  const first = messages.findIndex(({ role }) => role === 'user');
  return messages.map((message, n) => (n === first && parts.length > 0 ? { ...message, parts } : message));
}

/** What the record keeps of messages: a file is in the step's input already. */
export const recorded = (messages: readonly Message[]): unknown =>
  messages.map((message) => (message.parts ? withoutFiles(message) : message));
