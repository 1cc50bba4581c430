/** Where ports of containers are published, and by which name others reach them. Pure. */
import { isIP, isIPv6 } from 'node:net';

/** Where a port is published. */
export interface PublishPlace {
  /** IP address for the Engine. */
  readonly address: string;
  /** Host for whoever calls the instance. */
  readonly host: string;
}

const LOOPBACK = '127.0.0.1';
const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * @param configured is what the operator says; undefined: nothing.
 * @param executorHost is how others reach this machine.
 * @throws Error when nobody else could reach what is published.
 */
export function publishPlace(configured: string | undefined, executorHost: string): PublishPlace {
  if (configured !== undefined) {
    const host = ANY.has(configured) ? executorHost : configured;
    return { address: configured, host: isIPv6(host) ? `[${host}]` : host };
  }
  if (isLoopback(executorHost)) return { address: LOOPBACK, host: LOOPBACK };
  throw new Error(
    `others reach this executor at ${executorHost}, and containers at 127.0.0.1 would be out of their reach: set SKEIN_EXECUTOR_PUBLISH_ADDRESS to an address of this machine`,
  );
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}
