export {
  AgentFunctionError,
  type AgentFunction,
  type AgentFunctionCall,
  type AgentFunctions,
  type AgentObject,
  type AgentObjectResult,
  type AgentObjectTask,
} from './app/agent-function.ts';
export { executorConfig, type ExecutorConfig } from './config.ts';
export type { SchedulerPeer } from './app/scheduler-peer.ts';
export { createExecutorService, type ExecutorService, type ExecutorServiceOptions } from './service.ts';
