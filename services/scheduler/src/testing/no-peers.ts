import type { Peers } from '../app/peers.ts';

/** A scheduler that is alone has nobody to call. */
export const NO_PEERS: Peers = {
  at({ schedulerId }) {
    throw new RangeError(`there is no scheduler ${schedulerId} here`);
  },
};
