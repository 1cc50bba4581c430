export {
  AgentFunctionError,
  type AgentFunction,
  type AgentFunctionCall,
  type AgentFunctions,
} from './app/agent-function.ts';
export { executorConfig, type ExecutorConfig } from './config.ts';
export {
  createExecutorService,
  type ExecutorService,
  type ExecutorServiceOptions,
  type SchedulerPeer,
} from './service.ts';
