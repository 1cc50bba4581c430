import type { MethodImpl } from '@connectrpc/connect';
import type { LimitService } from '@skein/contracts/scheduler';
import { limitToMessage } from './limit-message.ts';
import { figuresOf, limitKeyOf, limitNotFound, type LimitRpcParts } from './limit-rpc-parts.ts';

/** LimitService.SetLimit. Runs that wait get at once what it lets them have. */
export function setLimitRpc({
  limits,
  admission,
  book,
}: LimitRpcParts): MethodImpl<typeof LimitService.method.setLimit> {
  return async (request) => {
    const key = limitKeyOf(request);
    await limits.setLimit(key, figuresOf(request));
    await book.reload();
    await admission.changed([key]);
    const state = await limits.limit(key);
    if (state === undefined) throw limitNotFound(key);
    return { limit: limitToMessage(state) };
  };
}
