import { signedHeaders, TrimtabError, type Effect } from 'trimtab';
import { z } from 'zod';

export const Outgoing = z.object({ to: z.string(), subject: z.string(), text: z.string().min(1), ticket_id: z.string() });
export type Outgoing = z.infer<typeof Outgoing>;
export const Sent = z.object({ id: z.string(), to: z.string() });
export type Sent = z.infer<typeof Sent>;

/** The customer gets plain sentences; the record keeps the reply with its citations. */
export const withoutCitations = (text: string): string => text.replace(/[ \t]*\[\d+(?:\s*[,;–-]\s*\d+)*\]/g, '').trim();

function signature(body: string, of: { id: string; secret: string }): Record<string, string> {
  try {
    return signedHeaders(body, of);
  } catch (error) {
    throw new TrimtabError(
      'effect_failed',
      'HELPDESK_SECRET is no Standard Webhooks secret; it is base64, with or without the prefix whsec_',
      { cause: error },
    );
  }
}

/**
 * Hand the reply to the help desk, signed where HELPDESK_SECRET is set. The key is the same however often this is tried, and
 * the help desk keeps one reply a key. A refusal (4xx) or a redirect, which is not followed, needs a person; anything else is tried again.
 */
export const sendReply: Effect<Outgoing, Sent> = async (reply, { key, signal, services }) => {
  const desk = services.endpoint('helpdesk') ?? services.secret('HELPDESK_URL');
  if (desk === undefined) throw new TrimtabError('effect_failed', 'no help desk is set; set HELPDESK_URL to its address');
  const body = JSON.stringify({ ...reply, text: withoutCitations(reply.text) });
  const secret = services.secret('HELPDESK_SECRET');
  const response = await fetch(new URL('/replies', desk), {
    method: 'POST',
    // What is said is meant for this address alone.
    redirect: 'manual',
    signal,
    headers: { 'content-type': 'application/json', 'idempotency-key': key, ...(secret ? signature(body, { id: key, secret }) : {}) },
    body,
  });
  if (response.ok) return Sent.parse(await response.json());
  const said = `the help desk answered ${response.status}: ${(await response.text()).slice(0, 300)}`;
  const refused = response.status >= 300 && response.status < 500 && response.status !== 408 && response.status !== 429;
  throw refused ? new TrimtabError('effect_failed', said) : new Error(said);
};
