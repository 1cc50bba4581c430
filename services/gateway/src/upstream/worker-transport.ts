/**
 * Calls of workers to executors, of which several run: a worker stays with one of them, as long as that one is there.
 *
 * Owns a channel to each executor. A stream goes to the executor of its session, else to any; a poll goes to the one that the
 * worker's id stands for: its tasks wait where it asked last.
 */
import { createHash } from 'node:crypto';
import { ConnectError, Code } from '@connectrpc/connect';
import { balancedTransport, grpcTransport, type ClosableTransport } from '@skein/rpc';

/** Metadata of a worker that comes back: the address of the executor that it was at. */
export const SESSION_HEADER = 'skein-session';

/** Opens a channel to each address. */
export function workerTransport(addresses: readonly string[]): ClosableTransport {
  const transports = new Map(addresses.map((address) => [address, grpcTransport({ address })]));
  const anyOf = balancedTransport(addresses);

  /** Those that are there in an order of the worker's own, then those that are away. */
  const inOrder = (workerId: string) => {
    const ranked = [...transports].toSorted(([a], [b]) => (scoreOf(a, workerId) < scoreOf(b, workerId) ? 1 : -1));
    const all = ranked.map(([, transport]) => transport);
    return [...all.filter(({ isAway }) => !isAway), ...all.filter(({ isAway }) => isAway)];
  };

  return {
    unary(method, signal, timeoutMs, header, input, contextValues) {
      const workerId = 'workerId' in input && typeof input.workerId === 'string' ? input.workerId : '';
      const chosen = workerId === '' ? anyOf : inOrder(workerId)[0];
      if (chosen === undefined) throw new ConnectError('no address is given', Code.Unavailable);
      return chosen.unary(method, signal, timeoutMs, header, input, contextValues);
    },

    stream(method, signal, timeoutMs, header, input, contextValues) {
      const session = new Headers(header).get(SESSION_HEADER) ?? '';
      const home = transports.get(session);
      const chosen = home === undefined || home.isAway ? anyOf : home;
      return chosen.stream(method, signal, timeoutMs, header, input, contextValues);
    },

    [Symbol.dispose]() {
      for (const transport of transports.values()) transport[Symbol.dispose]();
      anyOf[Symbol.dispose]();
    },
  };
}

function scoreOf(address: string, workerId: string): string {
  return createHash('sha256').update(`${address}\0${workerId}`).digest('hex');
}
