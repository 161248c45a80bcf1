import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProviderServer, type ProviderServer } from '../../testing/provider-server.ts';
import { testEngine, until, type TestEngine } from '../stack/engine.ts';

const configFile = fileURLToPath(new URL('../projects/files/trimtab.config.ts', import.meta.url));
const base64 = (...parts: (string | Buffer)[]): string =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string))).toString('base64');
/** As many bytes as would be 120,000 tokens if they were text: no budget of this chain would hold them. */
const picture = base64(Buffer.from([0x89]), 'PNG\r\n\x1a\n', randomBytes(360_000));
const invoice = base64('%PDF-1.7\n', randomBytes(9_000));
const files = [
  { name: 'torn.png', media_type: 'image/png', data: picture },
  { name: 'invoice.pdf', media_type: 'application/pdf', data: invoice },
];

let engine: TestEngine;
let provider: ProviderServer;
const start = (input: unknown) => engine.call('/v1/chains/photos/runs', { body: { input } });

beforeAll(async () => {
  const verdict = { verdict: 'pass', reason: '', at: null, blames: null, missing: null };
  provider = await startProviderServer(({ model }) => ({ text: JSON.stringify(model === 'judge-1' ? verdict : { text: 'A torn bag.' }) }));
  engine = await testEngine({
    configFile,
    env: {
      OPENAI_BASE_URL: provider.openai_url,
      OPENAI_API_KEY: 'sk-test',
      ANTHROPIC_BASE_URL: provider.url,
      ANTHROPIC_API_KEY: 'sk-test',
    },
  });
});
afterAll(() => provider.stop());

it("takes images and PDFs in a run's input to the writer and to the critic, each in its own wire format", async () => {
  const { id } = (await start({ question: 'What is torn?', files })).body;
  const review = await until(async () => (await engine.call(`/v1/reviews?run_id=${id}&status=pending`)).body.data[0]);
  const [writer, judge] = ['writer-1', 'judge-1'].map((model) => provider.calls.find((call) => call.model === model)?.body);
  const wrote = JSON.stringify(writer);
  expect(wrote).toContain(`data:image/png;base64,${picture}`);
  expect(wrote).toContain(`data:application/pdf;base64,${invoice}`);
  expect(wrote.split(picture)).toHaveLength(2);
  expect(wrote).toContain('torn.png 360008');
  const looked = JSON.stringify(judge);
  expect(looked).toContain(`"media_type":"image/png","data":"${picture}"`);
  expect(looked.split(invoice)).toHaveLength(2);
  const steps = JSON.stringify((await engine.call(`/v1/runs/${id}/steps`)).body);
  expect(steps).not.toContain(picture.slice(0, 60));
  expect(steps).toContain('"bytes":360008');
  expect((await engine.call(`/v1/runs/${id}`)).body.input.files).toEqual(files);
  expect(JSON.stringify((await engine.call(`/v1/reviews/${review.id}`)).body.context)).toContain(picture.slice(0, 60));
});

it('names a file that is not what it says', async () => {
  const { status, body } = await start({ question: 'x', files: [{ name: 'a.png', media_type: 'image/png', data: invoice }] });
  expect(status).toBe(422);
  expect(body.errors).toEqual([{ pointer: '/input/files/0/data', detail: 'the data is no file of this media_type' }]);
});
