export { runChain, type ChainTest, type ChainTestCall, type ChainTestResult, type Said, type ScriptedModel } from './run-chain.ts';
export { approveAll, answerOf, inTurn, nobodyThere, peopleOf, rejectThenApprove, type Saying } from './scripted-people.ts';
export { createClock, type VirtualClock } from './clock.ts';
export { createInProcessEngine, type InProcessEngine, type People, type PerformCall } from './in-process-engine.ts';
export { runInProcess } from './run-in-process.ts';
export { startProviderServer, type ProviderCall, type ProviderScript, type ProviderServer, type Scripted } from './provider-server.ts';
export { providerConformance } from './provider-conformance.ts';
export { parseCases, type NumberedCase } from '../src/evaluate/case-file.ts';
export { judgeCase, type Came } from '../src/evaluate/judge-case.ts';
