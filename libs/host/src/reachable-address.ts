import { hostname } from 'node:os';

/**
 * `host:port` at which others reach a service: what it is told to say, else where it listens, by the name of the host when
 * that stands for all addresses of the machine.
 */
export function reachableAddress(config: {
  readonly advertisedAddress: string | undefined;
  readonly host: string;
  readonly port: number;
}): string {
  const { advertisedAddress, host, port } = config;
  const isWildcard = host === '0.0.0.0' || host === '::';
  return advertisedAddress ?? `${isWildcard ? hostname() : host}:${port}`;
}
