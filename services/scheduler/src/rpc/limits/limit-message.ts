import type { MessageInitShape } from '@bufbuild/protobuf';
import type { LimitSchema } from '@skein/contracts/scheduler';
import { durationOfMs } from '@skein/events';
import type { LimitState } from '../../app/limits/limit-store.ts';

/** A limit for the wire. */
export function limitToMessage(state: LimitState): MessageInitShape<typeof LimitSchema> {
  const { namespace, key, operator, effective, holderCount, waiterCount } = state;
  return {
    namespace,
    key,
    maxConcurrency: operator.maxConcurrency ?? 0,
    rateLimit: operator.rate?.limit ?? 0,
    ...(operator.rate === undefined ? {} : { ratePer: durationOfMs(operator.rate.perMs) }),
    effectiveMaxConcurrency: effective.maxConcurrency ?? 0,
    effectiveRateLimit: effective.rate?.limit ?? 0,
    ...(effective.rate === undefined ? {} : { effectiveRatePer: durationOfMs(effective.rate.perMs) }),
    holderCount,
    waiterCount,
  };
}
