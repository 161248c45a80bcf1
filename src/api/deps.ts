import type { z } from 'zod';
import type { Scope } from '../store/keys.ts';
import type { Database } from '../store/database.ts';
import type { Listener } from '../store/listener.ts';
import type { WatchedRequest } from './watch.ts';

/** What the API says and checks of a chain. */
export interface ChainFacts {
  name: string;
  input: z.ZodType;
  output: z.ZodType;
  /** `tools`: what the step's model may ask for, by name, with the form of its arguments. */
  steps: { name: string; kind: string; input: z.ZodType; output: z.ZodType; tools?: Record<string, z.ZodType> }[];
}

/** What Temporal says of our task queue: workflow and activity tasks that wait for a worker. */
export interface TaskQueue {
  type: string;
  backlog: number;
  age_seconds: number;
}

export interface ApiDependencies {
  db: Database;
  listener: Listener;
  chains: ReadonlyMap<string, ChainFacts>;
  /** The address people use. Requests for another host are refused. */
  publicUrl: string;
  feedbackTypes: readonly string[];
  /** Null when Temporal answers, else why not. */
  temporalTrouble(): Promise<string | null>;
  /** Null when Temporal does not answer. */
  taskQueues?(): Promise<TaskQueue[] | null>;
  /** Where a run's history can be looked at, null when nowhere. */
  temporalUrl(run_id: string): string | null;
  /** Folder of the built page, null: API only. */
  webRoot: string | null;
  demoModel: boolean;
  /** Why a webhook could never be delivered to this address, null: it may be. */
  endpointRefusal(url: string): Promise<string | null>;
  log(entry: Record<string, unknown>): void;
  /** Hears of every request that was answered. */
  watched?(request: WatchedRequest): void;
}

/** Who asks. `name` is what decisions and the audit carry; `id` tells two keys of one name apart. */
export interface Actor {
  id: string;
  name: string;
  kind: 'key' | 'user';
  scopes: readonly Scope[];
}
export interface ApiEnv {
  /** `run_id`: the run that a request turned out to be about. */
  Variables: { actor: Actor; request_id: string; run_id?: string };
}
