import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { sampleJudges } from '../define/rungs.ts';
import type { StepDefinition } from '../define/step.ts';
import { TrimtabError, messageOf } from '../errors.ts';
import { render, variablesOf } from './template.ts';

/** A prompt version. `version` is the hash of its source; `chars` its length; `variables` what its template asks for. */
export interface Prompt {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly chars: number;
  readonly variables: readonly string[];
  readonly system: string | null;
  readonly body: string;
  readonly temperature: number | null;
  readonly max_output_tokens: number | null;
}

export interface PromptMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

const FrontMatter = z.strictObject({
  system: z.string().optional(),
  temperature: z.number().min(0).max(2).optional(),
  max_output_tokens: z.number().int().positive().max(200_000).optional(),
});

const versionOf = (source: string): string => createHash('sha256').update(source).digest('hex').slice(0, 16);

/** Read a Liquid prompt with YAML front matter (`system`, `temperature`, `max_output_tokens`). Throws `definition` with the place. */
export function parsePrompt(name: string, source: string): Prompt {
  const [, head, body = source] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(source) ?? [];
  const front = frontMatter(name, head);
  const system = front.system?.trim() ?? null;
  const variables = [...new Set([...variablesOf(name, system ?? ''), ...variablesOf(name, body)])];
  return {
    name,
    version: versionOf(source),
    source,
    chars: source.length,
    variables,
    system,
    body: body.trim(),
    temperature: front.temperature ?? null,
    max_output_tokens: front.max_output_tokens ?? null,
  };
}

function frontMatter(name: string, head: string | undefined): z.infer<typeof FrontMatter> {
  if (head === undefined) return {};
  try {
    const parsed = FrontMatter.safeParse(parseYaml(head) ?? {});
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new TrimtabError('definition', `prompt '${name}', front matter ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  } catch (error) {
    if (error instanceof TrimtabError) throw error;
    throw new TrimtabError('definition', `prompt '${name}': the front matter is no YAML: ${messageOf(error).split('\n')[0]}`, {
      cause: error,
    });
  }
}

/** The messages of a first attempt. Values are escaped: text from outside cannot close the blocks it stands in. */
export function renderPrompt(prompt: Prompt, values: Record<string, unknown>): PromptMessage[] {
  const system = prompt.system === null ? [] : [{ role: 'system' as const, content: render(prompt.name, prompt.system, values) }];
  return [...system, { role: 'user', content: render(prompt.name, prompt.body, values) }];
}

/** Every prompt of a chain's folder, by name. A folder that is not there has none. */
export async function loadPrompts(folder: string): Promise<Map<string, Prompt>> {
  if (!existsSync(folder)) return new Map();
  const files = (await readdir(folder)).filter((file) => file.endsWith('.liquid')).toSorted();
  const prompts = await Promise.all(
    files.map(async (file) => parsePrompt(basename(file, '.liquid'), await readFile(join(folder, file), 'utf8'))),
  );
  return new Map(prompts.map((prompt) => [prompt.name, prompt]));
}

/** The prompts of a chain: those of its folder, and those that came with its critics and steps where the folder has none of the name. */
export async function chainPrompts(folder: string, definition: { steps: Record<string, StepDefinition> }): Promise<Map<string, Prompt>> {
  const prompts = await loadPrompts(folder);
  const own = Object.values(definition.steps).flatMap((step) =>
    step.kind === 'generate' ? [step, ...step.critics, ...sampleJudges(step)] : [],
  );
  for (const { prompt, template } of own)
    if (template !== undefined && !prompts.has(prompt)) prompts.set(prompt, parsePrompt(prompt, template));
  return prompts;
}

/** Throws `definition` when the prompt asks for a variable that the step's input does not have. */
export function checkPromptVariables(prompt: Prompt, schema: z.ZodType, where: string): void {
  if (!(schema instanceof z.ZodObject)) return;
  const known = Object.keys(schema.shape);
  const unknown = prompt.variables.find((variable) => !known.includes(variable));
  if (unknown !== undefined) {
    throw new TrimtabError(
      'definition',
      `${where}: prompt '${prompt.name}' asks for '${unknown}', which its input does not have; it has ${known.join(', ')}`,
    );
  }
}
