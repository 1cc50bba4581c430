import { Code, type ConnectError } from '@connectrpc/connect';
import { skeinError } from '@skein/rpc';
import type { WorkerHub } from '../app/worker-hub.ts';
import type { WorkerIdentity } from '../domain/worker-address.ts';

/** NOT_READY: the worker is to connect again, here or elsewhere. */
export function leaving(message: string): ConnectError {
  return skeinError({ reason: 'NOT_READY', code: Code.Unavailable, message, retryAfterMs: 100 });
}

/** @throws NOT_READY where the executor stops and the worker is not one that it waits for. */
export function admit(hub: WorkerHub, identity: WorkerIdentity): void {
  if (!hub.admits(identity)) throw leaving('the executor stops');
}
