import type { ModelConfig } from '../define/config.ts';

const usual = {
  openai: { writer: 'gpt-4.1-mini', 'writer-large': 'gpt-4.1', judge: 'gpt-4.1' },
  anthropic: { writer: 'claude-haiku-4-5', 'writer-large': 'claude-sonnet-4-6', judge: 'claude-sonnet-4-6' },
} as const;
const settings = { writer: 'TRIMTAB_WRITER_MODEL', 'writer-large': 'TRIMTAB_LARGE_MODEL', judge: 'TRIMTAB_JUDGE_MODEL' } as const;
type Role = keyof typeof settings;
type Vendor = keyof typeof usual;

/**
 * Who plays a role that the config does not name, by the keys that are there. OpenAI (or what stands at its base URL) writes,
 * Claude where only its key is set. With both keys the judge is of the other family than the writer: a model is blind to its own
 * mistakes. `secret` looks a variable up; TRIMTAB_WRITER_MODEL and its like name another model.
 */
export function usualModel(role: string, secret: (name: string) => string | undefined): ModelConfig | undefined {
  if (!(role in settings)) return undefined;
  const known = role as Role;
  const openai = Boolean(secret('OPENAI_API_KEY') || secret('OPENAI_BASE_URL'));
  const anthropic = Boolean(secret('ANTHROPIC_API_KEY'));
  const writer: Vendor = anthropic && !openai ? 'anthropic' : 'openai';
  const vendor: Vendor = known === 'judge' && openai && anthropic ? 'anthropic' : writer;
  const named = secret(settings[known]);
  if (named === undefined) return { provider: vendor, model: usual[vendor][known] };
  const speaks: Vendor = openai && anthropic ? (named.startsWith('claude') ? 'anthropic' : 'openai') : vendor;
  return { provider: speaks, model: named };
}

const families: readonly (readonly [RegExp, string])[] = [
  [/claude/i, 'Claude'],
  [/\bgpt|chatgpt|(^|\/)o\d/i, 'GPT'],
  [/gemini|gemma/i, 'Gemini'],
  [/llama/i, 'Llama'],
  [/mi[sx]tral|ministral|codestral|magistral/i, 'Mistral'],
  [/qwen|qwq/i, 'Qwen'],
  [/deepseek/i, 'DeepSeek'],
  [/grok/i, 'Grok'],
  [/command-[ar]/i, 'Command'],
  [/\bphi\b/i, 'Phi'],
];

/** Who made a model, by its name; a name that nobody knows is its own family. */
export const familyOf = (model: string): string => families.find(([pattern]) => pattern.test(model))?.[1] ?? model;
