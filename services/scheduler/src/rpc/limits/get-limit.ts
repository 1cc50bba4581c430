import type { MethodImpl } from '@connectrpc/connect';
import type { LimitService } from '@skein/contracts/scheduler';
import { limitToMessage } from './limit-message.ts';
import { limitKeyOf, limitNotFound, type LimitRpcParts } from './limit-rpc-parts.ts';

/** LimitService.GetLimit. */
export function getLimitRpc({ limits }: LimitRpcParts): MethodImpl<typeof LimitService.method.getLimit> {
  return async (request) => {
    const key = limitKeyOf(request);
    const state = await limits.limit(key);
    if (state === undefined) throw limitNotFound(key);
    return { limit: limitToMessage(state) };
  };
}
