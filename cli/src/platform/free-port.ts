import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const HOST = '127.0.0.1';

/** The wanted port where it is free, else another that is. Somebody may still take it before its user does. */
export async function freePortLike(wanted: number): Promise<number> {
  return (await isFree(wanted)) ? wanted : reserve(0);
}

/** Whether nothing listens on a port of this machine. */
export async function isFree(port: number): Promise<boolean> {
  return reserve(port).then(
    () => true,
    () => false,
  );
}

async function reserve(port: number): Promise<number> {
  const probe = createServer().listen(port, HOST);
  await once(probe, 'listening');
  const { port: found } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return found;
}
