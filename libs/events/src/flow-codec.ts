import type { MessageInitShape } from '@bufbuild/protobuf';
import type { RunFlow as RunFlowMessage, RunFlowSchema } from '@skein/contracts/event';
import { DEFAULT_FLOW, type RunFlow } from '@skein/domain';
import { durationOfMs, msOfDuration } from './clock-types.ts';

/** Flow control of a run for the wire. */
export function flowToMessage(flow: RunFlow): MessageInitShape<typeof RunFlowSchema> {
  const { limits, sharedKeys, priority, fairnessKey, weight } = flow;
  return {
    limits: limits.map(({ key, maxConcurrency = 0, rate }) => ({
      key,
      maxConcurrency,
      ...(rate === undefined ? {} : { rate: { limit: rate.limit, per: durationOfMs(rate.perMs) } }),
    })),
    sharedKeys: [...sharedKeys],
    priority,
    fairnessKey,
    weight,
  };
}

/** Flow control of a run from the wire. */
export function flowFromMessage({ limits, sharedKeys, priority, fairnessKey, weight }: RunFlowMessage): RunFlow {
  return {
    limits: limits.map(({ key, maxConcurrency, rate }) => ({
      key,
      maxConcurrency: maxConcurrency === 0 ? undefined : maxConcurrency,
      rate: rate?.per && { limit: rate.limit, perMs: msOfDuration(rate.per) },
    })),
    sharedKeys,
    priority: priority || DEFAULT_FLOW.priority,
    fairnessKey,
    weight: weight || DEFAULT_FLOW.weight,
  };
}
