/**
 * Calls to a service of which several processes run, any of which can answer.
 *
 * Owns: whose turn it is. Calls go round among those that are not known to be away; a unary call that found nobody goes
 * to the next one if it may be repeated.
 */
import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import { grpcTransport, type ClosableTransport, type GrpcTransport } from './grpc-transport.ts';

/** Whether a unary call may be made twice: it changes nothing, or says by an id of its own that it is the same call. */
export type IsRepeatable = (method: Parameters<Transport['unary']>[0], input: object) => boolean;

/** Opens a channel to each address. Calls are repeated only where `isRepeatable` allows; default: none is. */
export function balancedTransport(
  addresses: readonly string[],
  isRepeatable: IsRepeatable = () => false,
): ClosableTransport {
  const transports = addresses.map((address) => grpcTransport({ address }));
  let turn = 0;
  const inTurn = (): GrpcTransport[] => {
    turn = (turn + 1) % transports.length;
    const rotated = [...transports.slice(turn), ...transports.slice(0, turn)];
    return [...rotated.filter(({ isAway }) => !isAway), ...rotated.filter(({ isAway }) => isAway)];
  };

  return {
    async unary(method, signal, ...rest) {
      const candidates = inTurn();
      const [, , input] = rest;
      for (const [index, transport] of candidates.entries()) {
        try {
          return await transport.unary(method, signal, ...rest);
        } catch (error) {
          const isLast = index === candidates.length - 1 || signal?.aborted === true;
          if (isLast || !foundNobody(error) || !isRepeatable(method, input)) throw error;
        }
      }
      throw new ConnectError('no address is given', Code.Unavailable);
    },

    stream(...call) {
      const [first] = inTurn();
      if (first === undefined) throw new ConnectError('no address is given', Code.Unavailable);
      return first.stream(...call);
    },

    [Symbol.dispose]() {
      for (const transport of transports) transport[Symbol.dispose]();
    },
  };
}

/** The connection failed; an answer of the service would say more. */
function foundNobody(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unavailable && error.details.length === 0;
}
