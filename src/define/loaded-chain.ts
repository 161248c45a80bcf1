import type { Prompt } from '../prompts/prompt.ts';
import type { AnyChain } from './chain.ts';

/** A chain as the config lists it: its name, its definition, its prompts as they are in its folder now. */
export interface LoadedChain {
  readonly name: string;
  readonly folder: string;
  readonly definition: AnyChain;
  readonly prompts: ReadonlyMap<string, Prompt>;
}
