import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { until } from '../stack/engine.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

let folder: string;
let dev: ChildProcess | null = null;
let env: NodeJS.ProcessEnv;

const files: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'mine', private: true, type: 'module' }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      verbatimModuleSyntax: true,
    },
    include: ['trimtab.config.ts', 'chains'],
  }),
  'trimtab.config.ts': `import { defineConfig } from 'trimtab';\nexport default defineConfig({ chains: { echo: './chains/echo' } });\n`,
  'chains/echo/definition.ts': `import { check, defineChain, fail, generate, reask, Reply, revise } from 'trimtab';
import { z } from 'zod';
const Question = z.object({ question: z.string() });
export const echo = defineChain({
  input: Question, output: Reply, budget: { attempts: 6, within: '5 minutes' },
  steps: { answer: generate({ input: Question, output: Reply, prompt: 'answer', checks: [check<Reply>('short', ({ text }) => (text.length < 900 ? [] : [{ reason: 'too long' }]))], ladder: [reask(2), revise(1), fail()] }) },
});\n`,
  'chains/echo/workflow.ts': `import { workflow } from 'trimtab/workflow';
import type { echo as definition } from './definition.ts';
export const echo = workflow<typeof definition>(async ({ question }, { answer }) => answer({ question }));\n`,
  'chains/echo/prompts/answer.liquid': '<question>{{ question }}</question>\n',
  'try.ts': `import { runChain } from 'trimtab/testing';
import { echo } from './chains/echo/definition.ts';
import { echo as workflow } from './chains/echo/workflow.ts';
const result = await runChain(echo, workflow, { folder: import.meta.dirname + '/chains/echo', input: { question: 'q' }, models: { writer: [{ text: 'no json' }, { output: { text: 'yes' } }] } });
console.log(JSON.stringify([result.status, result.output, result.calls.map((call) => call.remedy)]));\n`,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trimtab-package-'));
  env = {
    ...process.env,
    TRIMTAB_HOME: join(folder, 'home'),
    TRIMTAB_CACHE: readConfig().cache,
    TRIMTAB_PORT: '',
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
    OPENAI_API_KEY: '',
    ANTHROPIC_API_KEY: '',
    OPENAI_BASE_URL: '',
  };
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, maxBuffer: 2 ** 24 });
  const project = join(folder, 'project');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(project, name, '..'), { recursive: true });
    await writeFile(join(project, name), text);
  }
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, stdout.trim().split('\n').at(-1) ?? '')], {
    cwd: project,
    maxBuffer: 2 ** 24,
  });
}, 240_000);

afterAll(async () => {
  if (dev && dev.exitCode === null) {
    const over = new Promise((done) => {
      dev?.once('exit', done);
    });
    dev.kill('SIGTERM');
    await over;
  }
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const project = (...path: string[]): string => join(folder, 'project', ...path);
const credentials = async (): Promise<{ url: string; api_key: string }> =>
  JSON.parse(await readFile(join(folder, 'home', 'credentials.json'), 'utf8'));
async function call(path: string, body?: unknown): Promise<any> {
  const { url, api_key } = await credentials();
  const response = await fetch(new URL(path, url), {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${api_key}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.json();
}
const ask = () => call('/v1/chains/echo/runs?wait=30', { input: { question: 'What is it?' } });

describe('the package in an empty folder', () => {
  it('brings what it needs and no sources', () => {
    expect(existsSync(project('node_modules/trimtab/dist/cli/main.js'))).toBe(true);
    expect(existsSync(project('node_modules/trimtab/cli'))).toBe(false);
  });

  it('types flow: a wrong input to a step is a compile error', async () => {
    const tsc = (): Promise<string> =>
      run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: project() }).then(
        () => 'fine',
        (error: { stdout: string }) => error.stdout,
      );
    expect(await tsc()).toBe('fine');
    const workflow = files['chains/echo/workflow.ts'] ?? '';
    await writeFile(project('chains/echo/workflow.ts'), workflow.replace('answer({ question })', 'answer({ quest: question })'));
    expect(await tsc()).toContain("'quest' does not exist in type '{ question: string; }'");
    await writeFile(project('chains/echo/workflow.ts'), workflow);
  }, 60_000);

  it('trimtab/testing runs the chain without servers', async () => {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', 'try.ts'], { cwd: project(), env });
    expect(JSON.parse(stdout)).toEqual(['succeeded', { text: 'yes' }, ['first', 'reask']]);
  }, 60_000);

  it('npx trimtab dev runs it, and a saved prompt reaches the next run', async () => {
    dev = spawn(process.execPath, [project('node_modules/trimtab/bin/trimtab.mjs'), 'dev', '--json'], {
      cwd: project(),
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((ready) => {
      dev?.stdout?.once('data', ready);
    });
    const first = await ask();
    expect(first).toMatchObject({ status: 'succeeded', demo: true });
    await writeFile(project('chains/echo/prompts/answer.liquid'), 'Think first.\n<question>{{ question }}</question>\n');
    const versionOf = (answered: any): string => answered.plan?.steps.answer.prompt.version;
    const next = await until(async () => {
      const answered = await ask().catch(() => null);
      return answered?.status === 'succeeded' && versionOf(answered) !== versionOf(first) && answered;
    });
    expect(next.status).toBe('succeeded');
    expect(await (await fetch(new URL('/', (await credentials()).url))).text()).toContain('<div id="root">');
  }, 120_000);
});
