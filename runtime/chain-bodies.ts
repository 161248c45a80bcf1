import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Body } from '../src/correct/conduct.ts';
import { TrimtabError } from '../src/errors.ts';
import { importFile, type Project } from './project.ts';

const isWorkflow = (value: unknown): value is { body: Body } =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'workflow';

/** The chain functions of a project as this process runs them, outside the sandbox. Throws `definition` for one that cannot be loaded. */
export function chainBodies(project: Project): (chain: string) => Promise<Body> {
  const loaded = new Map<string, Body>();
  return async (name) => {
    const known = loaded.get(name);
    if (known) return known;
    const folder = project.chains.get(name)?.folder ?? '';
    const file = ['workflow.ts', 'workflow.js'].map((each) => join(folder, each)).find((each) => existsSync(each));
    const [found] = file === undefined ? [] : Object.values(await importFile(file)).filter(isWorkflow);
    if (!found) throw new TrimtabError('definition', `chain '${name}': workflow.ts must export one workflow()`);
    loaded.set(name, found.body);
    return found.body;
  };
}
