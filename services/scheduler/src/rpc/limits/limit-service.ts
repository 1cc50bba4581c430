import type { ServiceImpl } from '@connectrpc/connect';
import type { LimitService } from '@skein/contracts/scheduler';
import { deleteLimitRpc } from './delete-limit.ts';
import { getLimitRpc } from './get-limit.ts';
import type { LimitRpcParts } from './limit-rpc-parts.ts';
import { listLimitsRpc } from './list-limits.ts';
import { setLimitRpc } from './set-limit.ts';

/** skein.scheduler.v1.LimitService. */
export function limitService(parts: LimitRpcParts): ServiceImpl<typeof LimitService> {
  return {
    setLimit: setLimitRpc(parts),
    getLimit: getLimitRpc(parts),
    listLimits: listLimitsRpc(parts),
    deleteLimit: deleteLimitRpc(parts),
  };
}
