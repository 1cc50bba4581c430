import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import { directTransport, type ServiceBinding } from '@skein/rpc';
import { never, wayMs, type Life, type Surroundings } from './surroundings.ts';

/** Who can be called at an address. */
export interface Callee {
  readonly life: Life;
  readonly bindings: readonly ServiceBinding[];
}

/** Time until a caller notices that the one it called is gone. */
const KEEPALIVE_MS = 4000;

/**
 * Calls between processes: they take time both ways. Nobody at the address is noticed at once, a callee that dies
 * meanwhile after a while, and a caller that dies never learns anything.
 */
export function rpcWire(
  surroundings: Surroundings,
  caller: Life | undefined,
  calleeNow: () => Callee | undefined,
): Transport {
  const { time } = surroundings;
  const isCallerDead = () => caller?.alive === false;
  return {
    async unary(...call) {
      await time.sleep(wayMs(surroundings));
      if (isCallerDead()) return never();
      const callee = calleeNow();
      if (callee === undefined) throw new ConnectError('nobody is there', Code.Unavailable);
      const gone = new Promise<never>((_, reject) => {
        callee.life.onDeath(() =>
          time.after(KEEPALIVE_MS, () => reject(new ConnectError('the connection broke', Code.Unavailable))),
        );
      });
      gone.catch(() => {});
      const answer = (async () => {
        try {
          return await directTransport(callee.bindings).unary(...call);
        } finally {
          await time.sleep(wayMs(surroundings));
          if (!callee.life.alive) await never();
        }
      })();
      const result = await Promise.race([answer, gone]);
      return isCallerDead() ? never() : result;
    },
    stream() {
      throw new Error('streams have a wire of their own');
    },
  };
}
