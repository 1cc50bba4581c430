import type { MethodImpl } from '@connectrpc/connect';
import type { LimitService } from '@skein/contracts/scheduler';
import { limitKeyOf, limitNotFound, type LimitRpcParts } from './limit-rpc-parts.ts';

/** LimitService.DeleteLimit. Runs that waited for it get at once what they may have without it. */
export function deleteLimitRpc({
  limits,
  admission,
  book,
}: LimitRpcParts): MethodImpl<typeof LimitService.method.deleteLimit> {
  return async (request) => {
    const key = limitKeyOf(request);
    if (!(await limits.deleteLimit(key))) throw limitNotFound(key);
    await book.reload();
    await admission.changed([key]);
    return {};
  };
}
