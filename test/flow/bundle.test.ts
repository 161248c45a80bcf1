import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProject, type Project } from '../../runtime/project.ts';
import { bundleWorkflows } from '../../runtime/workflow-bundle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let project: Project;
let folder: string;
let modules: string[];
let bytes: number;
let loadedOnce: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trimtab-bundle-'));
  project = await loadProject(join(root, 'trimtab.config.ts'));
  const { code } = await bundleWorkflows(project, folder);
  bytes = code.length;
  loadedOnce = /function preloadModules\(\) \{([^}]*)\}/.exec(code)?.[1] ?? '';
  const map = /sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)/.exec(code)?.[1] ?? '';
  modules = (JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] }).sources;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const packageOf = (module: string): string | null => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1] ?? null;

const own = (): string[] =>
  modules
    .filter((module) => packageOf(module) === null && /\.(ts|js)$/.test(module))
    .map((module) => module.replace(/.*\/(src|workflows|chains|activities)\//, '$1/'));

describe('the bundle of the sandbox (C10)', () => {
  it('holds Temporal, the hash, canonical JSON, and nothing else from npm', () => {
    const packages = [...new Set(modules.flatMap((module) => packageOf(module) ?? []))].toSorted();
    expect(packages).toEqual(['@noble/hashes', '@temporalio/common', '@temporalio/workflow', 'canonicalize', 'long', 'ms', 'nexus-rpc']);
  });

  it('holds of ours the loop, the adapter, the error table and the chain functions: no schema, no store, no provider', () => {
    expect(own().length).toBeGreaterThan(12);
    expect(own().filter((module) => !/^(src\/correct\/|src\/errors\.ts|workflows\/|chains\/[^/]+\/workflow\.ts)/.test(module))).toEqual([]);
  });

  it('loads the loop and the adapter once for all workflows; nothing in them is kept at the level of a module', () => {
    expect(loadedOnce).toContain('"./workflows/shared.ts"');
    const keeps = /^(export )?(let|var) |^(export )?const \w+(: [^=]+)? = (new (Map|Set|WeakMap|WeakSet)(<.*>)?\(\)|\[\]|\{\});/m;
    expect(keeps.test('const seen = new Map<string, number>();')).toBe(true);
    const sources = own().filter((module) => !module.startsWith('chains/'));
    expect(sources.filter((module) => keeps.test(readFileSync(join(root, module), 'utf8')))).toEqual([]);
  });

  it('is small', () => {
    expect(bytes).toBeLessThan(3_000_000);
  });
});

it('a chain function that imports what is not there is named, with what it asked for', async () => {
  const [[name, chain] = []] = project.chains;
  if (name === undefined || chain === undefined) throw new Error('the project has no chain');
  await writeFile(join(folder, 'workflow.ts'), "import './not-here.ts';\n");
  const broken = { ...project, chains: new Map([[name, { ...chain, folder }]]) };
  await expect(bundleWorkflows(broken, folder)).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringMatching(/workflow\.ts.*Can't resolve '\.\/not-here\.ts'.*; mend that/),
  });
});
