/** Every protocol that agents can be called with: a further one is one more line. */
import type { AgentProtocol } from '@skein/contracts/registry';
import type { AgentProtocolAdapter } from '../app/agent-protocol.ts';
import { a2aAdapter } from './a2a/a2a-adapter.ts';
import { grpcAdapter } from './grpc/grpc-adapter.ts';
import { executeAdapter } from './http/execute-adapter.ts';
import { invokeSseAdapter } from './http/invoke-sse-adapter.ts';
import { processAdapter } from './http/process-adapter.ts';
import type { AgentFunctions } from '../app/agent-function.ts';
import type { WorkerHub } from '../app/worker-hub.ts';
import { pullAdapter } from './worker/pull-adapter.ts';
import { inProcessAdapter } from './inprocess/in-process-adapter.ts';

export function agentProtocols(
  functions: AgentFunctions,
  workers: WorkerHub,
  executorAddress: string,
): ReadonlyMap<AgentProtocol, AgentProtocolAdapter> {
  const adapters = [
    grpcAdapter(),
    processAdapter(),
    invokeSseAdapter(),
    executeAdapter(),
    a2aAdapter(),
    inProcessAdapter(functions),
    pullAdapter(workers, executorAddress),
  ];
  return new Map(adapters.map((adapter) => [adapter.protocol, adapter]));
}
