import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { bundleWorkflows } from '../../../runtime/workflow-bundle.ts';
import type { Project } from '../../../runtime/project.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** `trimtab server` and `trimtab worker` of one project in one file, with its workflows bundled. */
export interface Packed {
  file: string;
  remove(): Promise<void>;
}

/**
 * A thousand processes are started to be killed, and a start is 3 to 5 s of CPU, nearly all of it for loading modules one
 * by one and for bundling workflows. Both are done once here; what runs is the same code.
 */
export async function packProcesses(projectFolder: string, home: string): Promise<Packed> {
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'trimtab-faults-'));
  const chain = /chains: \{ tickets: '(.+?)'/.exec(await readFile(join(projectFolder, 'trimtab.config.ts'), 'utf8'))?.[1] ?? './tickets';
  const chainFolder = join(projectFolder, chain);
  const project = { root: projectFolder, chains: new Map([['tickets', { name: 'tickets', folder: chainFolder }]]) } as unknown as Project;
  const bundle = join(folder, 'workflows.json');
  await writeFile(bundle, JSON.stringify(await bundleWorkflows(project, join(home, 'build'))));
  const code = join(folder, 'trimtab.cjs');
  await build({
    stdin: {
      contents: entry([join(projectFolder, 'trimtab.config.ts'), join(chainFolder, 'definition.ts'), join(chainFolder, 'workflow.ts')]),
      resolveDir: root,
      loader: 'ts',
    },
    outfile: code,
    bundle: true,
    minifyWhitespace: true,
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': 'ownUrl' },
    target: 'node20',
    logLevel: 'error',
    alias: { 'trimtab/workflow': join(root, 'workflows/index.ts'), trimtab: join(root, 'src/index.ts') },
    external: ['@temporalio/*', 'libpg-query', 'pg-native'],
    banner: { js: `const ownUrl = ${JSON.stringify(pathToFileURL(code).href)};` },
    plugins: [ours(bundle)],
  });
  const file = join(folder, 'start.mjs');
  await writeFile(file, starter(code));
  await promisify(execFile)(process.execPath, [file, 'compile'], { cwd: projectFolder });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The project's modules are there already: loading one by its file is looking it up. */
const entry = (files: readonly string[]): string => `
${files.map((file, n) => `import * as module${n} from ${JSON.stringify(file)};`).join('\n')}
const packedModules = { ${files.map((file, n) => `${JSON.stringify(pathToFileURL(file).href)}: module${n}`).join(', ')} };
globalThis.packedModule = (href) => {
  if (!(href in packedModules)) throw new Error(href + ' is not packed: tell test/faults/harness/packed.ts');
  return packedModules[href];
};
module.exports = import('./cli/processes.ts');
`;

/**
 * Runs the packed code from V8's compiled form of it, which a first run with `compile` writes. With TRIMTAB_WAITS a process
 * has everything loaded and waits for a word of its parent before it opens a connection: a spare one.
 */
const starter = (code: string): string => `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';
const file = ${JSON.stringify(code)};
const compiled = existsSync(file + '.compiled') ? readFileSync(file + '.compiled') : undefined;
const script = new vm.Script('(function (require, module, exports) {' + readFileSync(file, 'utf8') + '})', {
  filename: file, cachedData: compiled, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
const module = { exports: {} };
script.runInThisContext()(createRequire(file), module, module.exports);
const { server, worker } = await module.exports;
if (process.argv[2] === 'compile') {
  writeFileSync(file + '.compiled', script.createCachedData());
  process.exit(0);
}
if (process.env.TRIMTAB_WAITS) {
  process.stdout.write('loaded\\n');
  const lost = () => process.exit(0);
  process.once('disconnect', lost);
  await new Promise((resolve) => process.once('message', resolve));
  process.off('disconnect', lost);
}
await (process.argv[2] === 'worker' ? worker() : server());
`;

/** Our files keep their own place (`import.meta.url`); two of them are told where the work that is done already lies. */
const ours = (bundle: string): Plugin => ({
  name: 'ours',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return null;
      const source = await readFile(path, 'utf8');
      if (path.endsWith('runtime/workflow-bundle.ts')) {
        const contents = `import { readFileSync } from 'node:fs';\nexport const bundleWorkflows = async () => JSON.parse(readFileSync(${JSON.stringify(bundle)}, 'utf8'));`;
        return { contents, loader: 'ts' };
      }
      const looked = path.endsWith('runtime/project.ts')
        ? replaced(source, '(await import(pathToFileURL(file).href))', 'packedModule(pathToFileURL(file).href)')
        : source;
      return { contents: looked.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' };
    });
  },
});

function replaced(source: string, from: string, to: string): string {
  if (!source.includes(from))
    throw new Error(`runtime/project.ts has no ${from} any more: tell test/faults/harness/packed.ts how it loads a file`);
  return source.replace(from, `(${to} as unknown)`);
}
