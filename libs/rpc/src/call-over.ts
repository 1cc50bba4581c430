import { Code, ConnectError } from '@connectrpc/connect';

/** Why a handler's signal fires after its call has ended. One for all: errors are dear to make, calls are many. */
export const CALL_OVER: unknown = Object.freeze(new ConnectError('the call is over', Code.Canceled));
