import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What the floors that reach out stand on. */
const ground = ['shapes', 'errors', 'reliability', 'correct', 'prompts', 'define', 'checks', 'critics', 'config'];
const reaching = [...ground, 'egress', 'providers', 'tools', 'store'];
const composing = [...reaching, 'evaluate', 'api', 'activities', 'workflows', 'index'];

/** Floors from the ground up: a floor may import from itself and from the floors that are named. */
const below = {
  shapes: ['errors'],
  reliability: [],
  errors: [],
  egress: ['errors'],
  correct: ['shapes', 'errors', 'reliability'],
  define: ['shapes', 'errors', 'egress', 'reliability', 'prompts'],
  prompts: ['shapes', 'errors', 'reliability', 'define'],
  checks: ['shapes', 'errors', 'reliability', 'prompts', 'define'],
  critics: ['shapes', 'errors', 'define', 'checks'],
  config: ['errors'],
  providers: [...ground, 'egress'],
  tools: [...ground, 'egress', 'store'],
  store: ground,
  evaluate: ground,
  index: ['shapes', 'errors', 'define', 'checks', 'critics', 'tools'],
  api: reaching,
  activities: reaching,
  workflows: ['shapes', 'errors', 'reliability', 'correct', 'prompts', 'define', 'activities'],
  runtime: composing,
  cli: [...composing, 'runtime'],
  testing: [...composing, 'runtime'],
  chains: ['index', 'workflows'],
} satisfies Record<string, readonly string[]>;
type Floor = keyof typeof below;

const folders = ['src', 'activities', 'workflows', 'runtime', 'cli', 'testing', 'chains'];
const bare: Record<string, string> = {
  trimtab: 'src/index.ts',
  'trimtab/workflow': 'workflows/index.ts',
  'trimtab/testing': 'testing/index.ts',
};

interface Edge {
  from: string;
  to: string;
  types: boolean;
}

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

function edgesOf(file: string): Edge[] {
  const source = readFileSync(file, 'utf8');
  const found = source.matchAll(/^(?:import|export)\s+(type\s)?(?:[\s\S]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm);
  return [...found].flatMap(([, types, specifier, dynamic]) => {
    const name = specifier ?? dynamic ?? '';
    const to = bare[name] ?? (name.startsWith('.') ? relative(root, resolve(dirname(file), name)) : null);
    return to === null ? [] : [{ from: relative(root, file), to, types: types !== undefined }];
  });
}

const floorOf = (path: string): Floor => {
  const [top = '', second = ''] = path.split('/');
  return (top === 'src' ? second.replace(/\.ts$/, '') : top) as Floor;
};

const edges = folders.flatMap((folder) => files(join(root, folder))).flatMap(edgesOf);

describe('the floors', () => {
  it('are read: the test sees a healthy number of imports', () => {
    expect(edges.length).toBeGreaterThan(300);
    expect(new Set(edges.map((edge) => floorOf(edge.from))).size).toBeGreaterThan(12);
  });

  it('every arrow points down', () => {
    const wrong = edges.filter(({ from, to }) => {
      const floors: Record<string, readonly string[]> = below;
      const above = floors[floorOf(from)];
      return above === undefined || (floorOf(from) !== floorOf(to) && !above.includes(floorOf(to)));
    });
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('the sandbox side sees shapes, define and activities as types only', () => {
    const wrong = edges.filter(
      ({ from, to, types }) =>
        ['correct', 'workflows'].includes(floorOf(from)) && ['shapes', 'define', 'activities', 'prompts'].includes(floorOf(to)) && !types,
    );
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });
});
