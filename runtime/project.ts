import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { TrimtabError, messageOf } from '../src/errors.ts';
import type { AnyChain } from '../src/define/chain.ts';
import { sampleJudges } from '../src/define/rungs.ts';
import type { TrimtabConfig } from '../src/define/config.ts';
import type { LoadedChain } from '../src/define/loaded-chain.ts';
import { chainPrompts, checkPromptVariables } from '../src/prompts/prompt.ts';

/** A project: its config file and the chains it lists, loaded and checked. */
export interface Project {
  root: string;
  configFile: string;
  config: TrimtabConfig;
  chains: ReadonlyMap<string, LoadedChain>;
}

const names = ['trimtab.config.ts', 'trimtab.config.js', 'trimtab.config.mjs'];

/** The nearest config file from a folder upwards. Throws `config` when there is none. */
export function findConfig(from: string = process.cwd()): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (found) return found;
    if (folder === dirname(folder))
      throw new TrimtabError(
        'config',
        `no trimtab.config.ts in ${from} or above it; make one with defineConfig({ chains: { 'my-chain': './chains/my-chain' } })`,
      );
  }
}

/** Load the config and every chain in it. Throws `config` or `definition`, naming the file. */
export async function loadProject(configFile: string = findConfig()): Promise<Project> {
  const root = dirname(configFile);
  const config = (await defaultOf(configFile)) as TrimtabConfig;
  if (typeof config?.chains !== 'object')
    throw new TrimtabError('config', `${basename(configFile)} must export default defineConfig({ chains: { … } })`);
  const loaded = await Promise.all(Object.entries(config.chains).map(([name, folder]) => loadChain(name, resolve(root, folder))));
  return { root, configFile, config, chains: new Map(loaded.map((chain) => [chain.name, chain])) };
}

/** Where the chains of the nearest config file live, by their names, without loading them. None without a config file. */
export async function configuredChains(from: string = process.cwd()): Promise<ReadonlyMap<string, string>> {
  let file: string;
  try {
    file = findConfig(from);
  } catch {
    return new Map();
  }
  const { chains = {} } = ((await defaultOf(file)) ?? {}) as Partial<TrimtabConfig>;
  return new Map(Object.entries(chains).map(([name, folder]) => [name, resolve(dirname(file), folder)]));
}

export async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof TrimtabError) throw new TrimtabError(error.code, `${file}: ${error.message}`, { cause: error });
    throw new TrimtabError('definition', `${file} cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
}

const defaultOf = async (file: string): Promise<unknown> => (await importFile(file))['default'];

async function loadChain(name: string, folder: string): Promise<LoadedChain> {
  const file = ['definition.ts', 'definition.js'].map((each) => join(folder, each)).find((each) => existsSync(each));
  if (!file) throw new TrimtabError('config', `chain '${name}': there is no definition.ts in ${folder}`);
  if (!['workflow.ts', 'workflow.js'].some((each) => existsSync(join(folder, each))))
    throw new TrimtabError('config', `chain '${name}': there is no workflow.ts in ${folder}`);
  const definitions = Object.values(await importFile(file)).filter(isChain);
  const [definition] = definitions;
  if (!definition || definitions.length > 1)
    throw new TrimtabError('definition', `${file} must export one chain made by defineChain; it exports ${definitions.length}`);
  const prompts = await chainPrompts(join(folder, 'prompts'), definition);
  const chain: LoadedChain = { name, folder, definition, prompts };
  checkPrompts(chain);
  return chain;
}

const isChain = (value: unknown): value is AnyChain =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'chain';

/** A critic's prompt sees these; one that inquires sees what it asks about, and not the output. */
const criticInput = z.object({ input: z.unknown(), output: z.unknown(), evidence: z.unknown() });
const inquiryInput = z.object({ input: z.unknown(), shown: z.unknown(), evidence: z.unknown() });

function checkPrompts({ name, folder, definition, prompts }: LoadedChain): void {
  for (const [step, planned] of Object.entries(definition.steps)) {
    if (planned.kind !== 'generate') continue;
    const wanted = [
      { prompt: planned.prompt, schema: planned.input },
      ...[...planned.critics, ...sampleJudges(planned)].map(({ prompt, inquiry }) => ({
        prompt,
        schema: inquiry ? inquiryInput : criticInput,
      })),
    ];
    for (const { prompt, schema } of wanted) {
      const found = prompts.get(prompt);
      if (!found)
        throw new TrimtabError(
          'definition',
          `chain '${name}', step '${step}': no prompt '${prompt}'; add ${join(folder, 'prompts', `${prompt}.liquid`)}`,
        );
      checkPromptVariables(found, schema, `chain '${name}', step '${step}'`);
    }
  }
}
