import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EffectContext } from '../../src/define/step.ts';
import { startHelpDesk, type HelpDesk } from '../../runtime/demo/help-desk.ts';
import { sendReply } from '../../chains/support-reply/help-desk.ts';

const secret = `whsec_${Buffer.from('a secret of the signed reply test').toString('base64')}`;
const reply = { to: 'ines@post.example', subject: 'Re: Return', text: 'You have 30 days – für 6,90 € [1].', ticket_id: 'T-1' };
let folder: string;
let desk: HelpDesk;
const context = (secrets: Record<string, string>): EffectContext => ({
  key: 'run_1:send:abc',
  run_id: 'run_1',
  step: 'send',
  signal: AbortSignal.timeout(5_000),
  services: {
    secret: (name: string) => secrets[name],
    endpoint: (name: string) => (name === 'helpdesk' ? desk.url : undefined),
  } as EffectContext['services'],
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trimtab-signed-'));
  desk = await startHelpDesk({ folder, secret });
});
afterAll(async () => {
  await desk.stop();
  await rm(folder, { recursive: true });
});

it('a help desk that wants signatures takes the reply of support-reply, once for each key', async () => {
  const first = await sendReply(reply, context({ HELPDESK_SECRET: secret }));
  expect(await sendReply(reply, context({ HELPDESK_SECRET: secret }))).toEqual(first);
  expect(await readdir(folder)).toHaveLength(1);
});

it('a wrong secret is refused, and one that is none is named', async () => {
  const other = `whsec_${Buffer.from('another secret, of somebody else').toString('base64')}`;
  await expect(sendReply(reply, context({ HELPDESK_SECRET: other }))).rejects.toMatchObject({
    code: 'effect_failed',
    message: expect.stringContaining('401'),
  });
  await expect(sendReply(reply, context({ HELPDESK_SECRET: '' }))).rejects.toMatchObject({ message: expect.stringContaining('401') });
  await expect(sendReply(reply, context({ HELPDESK_SECRET: 'whsec_' }))).rejects.toMatchObject({
    code: 'effect_failed',
    message: expect.stringContaining('HELPDESK_SECRET'),
  });
});
