import { passages, scripted } from './scripted.ts';

export interface HandActivities {
  search(question: string): Promise<unknown>;
  draft(asked: { question: string; context: unknown; attempt: number }): Promise<string>;
  judge(text: string): Promise<boolean>;
}

export function handActivities(latencyMs: number): HandActivities {
  const { draft, judge } = scripted(latencyMs);
  return { search: async (question) => passages(question), draft: ({ question, attempt }) => draft(question, attempt), judge };
}
