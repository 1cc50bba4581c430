import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that kernels give to outgoing connections and to who listens on 0: Linux begins at 32768, others later. */
const FROM = 12_000;
const BEFORE = 32_768;
const TRIES = 100;

const given = new Set<number>();

/**
 * A TCP port of 127.0.0.1 that is free now, and another one at each call. It is drawn from where nobody gets ports by
 * chance, so that it is most likely still free when its user comes to it, seconds later. Where a server can choose its
 * own port (listen on 0), let it.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FROM, BEFORE);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`none of ${TRIES} ports between ${FROM} and ${BEFORE} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
