import { createClient } from '@connectrpc/connect';
import { ApprovalService, RunService, TaskService } from '@skein/contracts/scheduler';
import { grpcTransport, type ClosableTransport } from '@skein/rpc';
import type { Member } from '../../app/ownership.ts';
import type { Peer, Peers } from '../../app/peers.ts';

/** Connections to the other schedulers, one each. */
export interface GrpcPeers extends Peers, Disposable {
  /** Closes the connections to all that do not live any more. */
  retain(members: readonly Member[]): void;
}

/** Opens connections as they are needed. */
export function grpcPeers(): GrpcPeers {
  const open = new Map<string, Peer & { readonly transport: ClosableTransport }>();
  const close = (address: string): void => {
    open.get(address)?.transport[Symbol.dispose]();
    open.delete(address);
  };
  return {
    at({ address }) {
      let peer = open.get(address);
      if (peer === undefined) {
        const transport = grpcTransport({ address });
        peer = {
          transport,
          runs: createClient(RunService, transport),
          approvals: createClient(ApprovalService, transport),
          tasks: createClient(TaskService, transport),
        };
        open.set(address, peer);
      }
      return peer;
    },
    retain(members) {
      const living = new Set(members.map(({ address }) => address));
      for (const address of open.keys()) if (!living.has(address)) close(address);
    },
    [Symbol.dispose]() {
      for (const address of open.keys()) close(address);
    },
  };
}
