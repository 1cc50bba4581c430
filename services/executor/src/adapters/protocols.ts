/** Every protocol that agents can be called with: a further one is one more line. */
import type { AgentProtocol } from '@skein/contracts/registry';
import type { TrustedRoots } from '@skein/rpc';
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

/** What protocols are made of. */
export interface ProtocolParts {
  readonly functions: AgentFunctions;
  readonly workers: WorkerHub;
  readonly executorAddress: string;
  /** Whom connections over TLS trust. Undefined: as Node.js does. */
  readonly roots: TrustedRoots | undefined;
}

export function agentProtocols(parts: ProtocolParts): ReadonlyMap<AgentProtocol, AgentProtocolAdapter> {
  const { functions, workers, executorAddress, roots } = parts;
  const adapters = [
    grpcAdapter(roots),
    processAdapter(roots),
    invokeSseAdapter(roots),
    executeAdapter(roots),
    a2aAdapter(undefined, roots),
    inProcessAdapter(functions),
    pullAdapter(workers, executorAddress),
  ];
  return new Map(adapters.map((adapter) => [adapter.protocol, adapter]));
}
