export { act, generate, retrieve, review, type Effect, type EffectContext } from './define/step.ts';
export { defineChain, type CallOptions, type ChainDefinition, type InputOf, type OutputOf, type StepsOf } from './define/chain.ts';
export { backtrack, best, fail, human, model, reask, resample, revise, vote, type BestOf, type Vote } from './define/rungs.ts';
export { check, type Check, type CheckContext, type Finding } from './define/check.ts';
export { critic, type Critic, type Inquiry } from './define/critic.ts';
export { factoredClaims } from './critics/factored-claims.ts';
export { gradeRetrieval, RetrievalGrade } from './critics/retrieval-grade.ts';
export { tool, type Tool, type ToolContext } from './define/tool.ts';
export { source, SourceUnavailable, type Services, type Source, type SourceContext } from './define/source.ts';
export { asTool } from './tools/as-tool.ts';
export { knowledge } from './tools/knowledge.ts';
export { database } from './tools/database.ts';
export { http } from './tools/http.ts';
export { sqlViews, type SqlViews, type SqlViewsOptions } from './tools/sql-views.ts';
export { mcp } from './tools/mcp.ts';
export { google, serpapi } from './tools/serpapi.ts';
export { wikipedia } from './tools/wikipedia.ts';
export { signedHeaders, webhook } from './tools/webhook.ts';
export { defineConfig, type TrimtabConfig } from './define/config.ts';
export { TrimtabError, StepFailed } from './errors.ts';
export { Attachment } from './shapes/attachment.ts';
export { Ticket } from './shapes/ticket.ts';
export { Passage } from './shapes/passage.ts';
export { Reply } from './shapes/reply.ts';
export type { Verdict } from './shapes/verdict.ts';
export {
  answersQuestion,
  citesEverySource,
  inLanguageOf,
  minLength,
  noForbiddenPromises,
  noInstructionsLeak,
  noRepeats,
  numbersFromSources,
  relevantEvidence,
  someEvidence,
  sourcesAgree,
  supportedBySource,
  usualPromises,
  valuesFromQuotes,
  within,
  type ForbiddenPromise,
  type QuotedKind,
  type QuotedValue,
} from './checks/index.ts';
