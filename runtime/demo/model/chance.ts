import { createHash } from 'node:crypto';
import type { PromptMessage } from './read-prompt.ts';

/** SHA-256 of everything that makes a prompt: the same prompt has the same fate, a revision a new one. Another `seed` draws other fates. */
export const promptHash = (
  parts: { model: string; messages: readonly PromptMessage[]; max_tokens: number | null },
  seed: string | undefined,
): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        parts.model,
        parts.messages.map(({ role, content }) => [role, content]),
        parts.max_tokens,
        ...(seed === undefined ? [] : [seed]),
      ]),
    )
    .digest('hex');

/** A number in [0, 1) that belongs to a prompt and a purpose. */
export const chance = (hash: string, purpose: string): number =>
  createHash('sha256').update(`${purpose} ${hash}`).digest().readUInt32BE(0) / 2 ** 32;

export const pick = <T>(from: readonly T[], hash: string, purpose: string): T | undefined =>
  from[Math.floor(chance(hash, purpose) * from.length)];
