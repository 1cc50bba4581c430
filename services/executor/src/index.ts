export {
  AgentFunctionError,
  type AgentFunction,
  type AgentFunctionCall,
  type AgentFunctions,
  type AgentObject,
  type AgentObjectResult,
  type AgentObjectTask,
} from './app/agent-function.ts';
// How calls are routed, for whoever measures it.
export { InstanceLedger } from './app/instance-ledger.ts';
export { routesOf as agentRoutes } from './domain/agent-routes.ts';
export { chooseInstance } from './domain/instance-choice.ts';
export { executorConfig, type ExecutorConfig } from './config.ts';
export type { SchedulerPeer } from './app/scheduler-peer.ts';
export { createExecutorService, type ExecutorService, type ExecutorServiceOptions } from './service.ts';
