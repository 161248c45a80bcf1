import { signedHeaders, TrimtabError, type Effect } from 'trimtab';
import { z } from 'zod';
import { Update } from './meeting.ts';

export const Change = z.object({ meeting_id: z.string(), updates: z.array(Update).min(1) });
type Change = z.infer<typeof Change>;
export const Written = z.object({ id: z.string().nullable(), written: z.number().int() });
type Written = z.infer<typeof Written>;

/**
 * Hand the approved updates to the CRM, signed where CRM_SECRET is set. The key is the same however often this is tried, and the
 * CRM writes once a key. A refusal (4xx) or a redirect, which is not followed, needs a person; anything else is tried again.
 */
export const writeToCrm: Effect<Change, Written> = async (change, { key, signal, services }) => {
  const crm = services.endpoint('crm') ?? services.secret('CRM_URL');
  if (crm === undefined) throw new TrimtabError('effect_failed', 'no CRM is set; set CRM_URL to its address');
  const body = JSON.stringify(change);
  const secret = services.secret('CRM_SECRET');
  const response = await fetch(new URL('/updates', crm), {
    method: 'POST',
    // What is said is meant for this address alone.
    redirect: 'manual',
    signal,
    headers: { 'content-type': 'application/json', 'idempotency-key': key, ...(secret ? signedHeaders(body, { id: key, secret }) : {}) },
    body,
  });
  if (response.ok) return Written.parse(await response.json());
  const said = `the CRM answered ${response.status}: ${(await response.text()).slice(0, 300)}`;
  const refused = response.status >= 300 && response.status < 500 && response.status !== 408 && response.status !== 429;
  throw refused ? new TrimtabError('effect_failed', said) : new Error(said);
};
