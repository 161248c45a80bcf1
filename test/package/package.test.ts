import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { callApi } from '../stack/call-api.ts';
import { until } from '../stack/engine.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

let folder: string;
let tarball: string;
let manager = 'npm';
let dev: ChildProcess | null = null;
const project = (...path: string[]): string => join(folder, manager, 'project', ...path);
const home = (...path: string[]): string => join(folder, manager, 'home', ...path);

/** What an author writes. There is no package.json of theirs: npm makes one, without a type. */
const files = {
  'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'nodenext', strict: true, noEmit: true }, exclude: ['**/*.test.ts'] }),
  'trimtab.config.ts': `import { defineConfig } from 'trimtab';\nexport default defineConfig({ chains: { echo: './chains/echo' } });\n`,
  'limits.ts': `export const longest: number = 900;\n`,
  'chains/echo/definition.ts': `import { check, defineChain, fail, generate, reask, Reply, revise } from 'trimtab';
import { z } from 'zod';
import { longest } from '../../limits';
const Question = z.object({ question: z.string() });
const short = check<Reply>('short', ({ text }) => (text.length < longest ? [] : [{ reason: 'too long' }]));
export const echo = defineChain({
  input: Question, output: Reply, budget: { attempts: 6, within: '5 minutes' },
  steps: { answer: generate({ input: Question, output: Reply, prompt: 'answer', checks: [short], ladder: [reask(2), revise(1), fail()] }) },
});\n`,
  'chains/echo/workflow.ts': `import { workflow } from 'trimtab/workflow';
import type { echo as definition } from './definition';
export const echo = workflow<typeof definition>(async ({ question }, { answer }) => answer({ question }));\n`,
  'chains/echo/prompts/answer.liquid': '<question>{{ question }}</question>\n',
  'chains/echo/echo.test.ts': `import { runChain } from 'trimtab/testing';
import { expect, it } from 'vitest';
import { echo } from './definition';
import { echo as workflow } from './workflow';
it('asks again for what is no JSON', async () => {
  const result = await runChain(echo, workflow, { folder: import.meta.dirname, input: { question: 'q' }, models: { writer: [{ text: 'no json' }, { output: { text: 'yes' } }] } });
  expect(result).toMatchObject({ status: 'succeeded', output: { text: 'yes' } });
  expect(result.calls.map((call) => call.remedy)).toEqual(['first', 'reask']);
});\n`,
};
const save = (name: keyof typeof files, text: string = files[name]): Promise<void> => writeFile(project(name), text);

async function writeFiles(): Promise<void> {
  await mkdir(project('chains/echo/prompts'), { recursive: true });
  for (const name of Object.keys(files)) await save(name as keyof typeof files);
}

/** The environment of somebody without keys and servers; nothing of the runner that runs this. */
function plainEnv(): NodeJS.ProcessEnv {
  const mine = Object.entries(process.env).filter(
    ([name]) => !/^(TRIMTAB|VITEST|TEMPORAL|DATABASE|OPENAI|ANTHROPIC|NODE_|npm_|FORCE_COLOR)/.test(name),
  );
  return { ...Object.fromEntries(mine), TRIMTAB_HOME: home(), TRIMTAB_CACHE: readConfig().cache, NO_COLOR: '1' };
}
const inProject = async (command: string, ...args: string[]): Promise<{ code: number; said: string }> =>
  run(command, args, { cwd: project(), env: plainEnv(), maxBuffer: 2 ** 24 }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, said: stdout + stderr }),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trimtab-package-'));
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, maxBuffer: 2 ** 24 });
  tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '');
  await mkdir(project(), { recursive: true });
  expect(await inProject('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball)).toMatchObject({ code: 0 });
  await writeFiles();
}, 240_000);

/** npx hands no signal on, but a terminal's Ctrl-C reaches the whole group, which is over when the last of it is. */
const groupLives = (pid: number): boolean => {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
};
async function stopDev(): Promise<void> {
  const pid = dev?.pid;
  if (pid === undefined) return;
  dev = null;
  if (groupLives(pid)) process.kill(-pid, 'SIGINT');
  await until(async () => !groupLives(pid));
}
afterAll(async () => {
  await stopDev();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const credentials = async (): Promise<{ url: string; key: string }> => {
  const { url, api_key } = JSON.parse(await readFile(home('credentials.json'), 'utf8'));
  return { url, key: api_key };
};
/** Ask until an answer is as wanted: while server and worker start again there is none. */
const askUntil = (wanted: (answered: any) => boolean): Promise<any> =>
  until(async () => {
    const at = await credentials();
    const answered = await callApi(at, '/v1/chains/echo/runs?wait=30', { body: { input: { question: 'What is it?' } } }).catch(() => null);
    return answered?.status === 200 && wanted(answered.body) && answered.body;
  });

async function startDev(): Promise<void> {
  const child = spawn('npx', ['trimtab', 'dev', '--json'], {
    cwd: project(),
    env: plainEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  dev = child;
  let trouble = '';
  child.stderr.on('data', (data: Buffer) => {
    trouble += data.toString();
  });
  await new Promise<void>((ready, reject) => {
    child.stdout.once('data', () => ready());
    child.once('exit', () => reject(new Error(`trimtab dev ended: ${trouble}`)));
  });
}

describe('the package in an empty folder', () => {
  it('brings what it needs, and no sources', async () => {
    const own = project('node_modules/trimtab');
    expect(existsSync(join(own, 'cli'))).toBe(false);
    const names = (await readdir(join(own, 'dist'), { recursive: true })).filter((name) => name.endsWith('.js') && !name.startsWith('web'));
    expect(names.length).toBeGreaterThan(150);
    const texts = await Promise.all(names.map((name) => readFile(join(own, 'dist', name), 'utf8')));
    const imports = texts.flatMap((text) =>
      [...text.matchAll(/^(?:import|export)(?: [^'"=\n]* from)? ['"]([^'".][^'"]*)['"]/gm)].map(([, name]) => name ?? ''),
    );
    const wanted = new Set(
      imports.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name).filter((name) => !name.startsWith('node:')),
    );
    const { dependencies, peerDependencies } = JSON.parse(await readFile(join(own, 'package.json'), 'utf8'));
    const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies), ...builtinModules]);
    expect(wanted.size).toBeGreaterThan(15);
    expect([...wanted].filter((name) => !declared.has(name))).toEqual([]);
  });

  it('types flow: a wrong input to a step and a wrong output of a chain are compile errors', async () => {
    const tsc = (): Promise<{ code: number; said: string }> => inProject(join(root, 'node_modules/.bin/tsc'), '-p', 'tsconfig.json');
    expect(await tsc()).toEqual({ code: 0, said: '' });
    const { 'chains/echo/workflow.ts': workflow } = files;
    await save('chains/echo/workflow.ts', workflow.replace('answer({ question })', 'answer({ quest: question })'));
    expect((await tsc()).said).toContain("'quest' does not exist in type '{ question: string; }'");
    await save('chains/echo/workflow.ts', workflow.replace('answer({ question })', '({ words: question })'));
    expect((await tsc()).said).toContain("Property 'text' is missing in type '{ words: string; }'");
    await save('chains/echo/workflow.ts');
  }, 60_000);

  it('trimtab/testing runs the chain in a test without servers', async () => {
    await symlink(join(root, 'node_modules/vitest'), project('node_modules/vitest'));
    const { code, said } = await inProject(process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--root', '.');
    expect(said).toContain('1 passed');
    expect(code).toBe(0);
  }, 60_000);

  it('npx trimtab dev runs it, saved files reach the next run, and nothing is left when it stops', async () => {
    await startDev();
    const first = await askUntil(() => true);
    expect(first).toMatchObject({ status: 'succeeded', demo: true });
    const { url } = await credentials();
    expect(await (await fetch(new URL('/', url))).text()).toContain('<div id="root">');
    await writeFile(project('input.json'), JSON.stringify({ question: 'What is it?' }));
    expect((await inProject('npx', 'trimtab', 'run', 'echo', '--input', 'input.json', '--wait')).said).toContain('succeeded');

    const versionOf = (answered: any): string => answered.plan.steps.answer.prompt.version;
    await save('chains/echo/prompts/answer.liquid', 'Think first.\n<question>{{ question }}</question>\n');
    await askUntil((answered) => answered.status === 'succeeded' && versionOf(answered) !== versionOf(first));
    // A file beside the chains, with an error first: it is mended while the processes cannot start.
    await save('limits.ts', 'export const longest: number = ;\n');
    await until(async () => (await readFile(home('logs/worker.log'), 'utf8')).includes('Unexpected ";"'));
    await save('limits.ts', 'export const longest: number = 0;\n');
    const failed = await askUntil((answered) => answered.status === 'failed');
    expect(failed.error).toMatchObject({ step: 'answer' });
    await stopDev();
  }, 180_000);
});

describe('the package under pnpm, which shows a project only what it asked for itself', () => {
  it('npx trimtab dev runs the chain', async ({ skip }) => {
    manager = 'pnpm';
    await mkdir(project(), { recursive: true });
    const { code, said } = await inProject('npx', '-y', 'pnpm@9.15.9', 'add', '--prefer-offline', tarball, 'zod@4.6.7');
    if (code !== 0 && !existsSync(project('node_modules'))) skip(`pnpm cannot be had here: ${said.trim().split('\n').at(-1)}`);
    expect({ code, said }).toMatchObject({ code: 0 });
    await writeFiles();
    await startDev();
    expect(await askUntil(() => true)).toMatchObject({ status: 'succeeded', demo: true });
    await stopDev();
  }, 240_000);
});
