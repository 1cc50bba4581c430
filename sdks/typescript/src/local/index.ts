/** Runs workflows in this process, without a platform: for unit tests and small uses. */
export type { LocalEvent } from './local-event.ts';
export type { LocalNode, LocalRun } from './local-run.ts';
export type {
  ApprovalDecision,
  ApprovalRequest,
  CallContext,
  Given,
  LocalAgent,
  LocalDelta,
  LocalOptions,
  LocalWait,
  LocalWorkflow,
  ModelAnswer,
  RpcCall,
} from './options.ts';
export { runLocal, startLocal, type LocalHandle, type WhichRun } from './start-local.ts';
export type { LlmRequest, WorkflowDefinition } from '@skein/domain';
