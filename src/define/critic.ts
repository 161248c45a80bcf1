/**
 * A model that judges an answer. Its prompt sees `input`, `output` and `evidence`, never the writer's reasoning, and
 * answers `{verdict, reason, at, blames, missing}`. `model` is a role in trimtab.config.ts.
 */
export interface Critic {
  readonly kind: 'critic';
  readonly name: string;
  readonly prompt: string;
  readonly model: string;
}

export const critic = (options: { name: string; prompt?: string; model?: string }): Critic => ({
  kind: 'critic',
  name: options.name,
  prompt: options.prompt ?? options.name,
  model: options.model ?? 'judge',
});
