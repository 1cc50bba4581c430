import type { TokenUsage } from '@skein/domain';

/** skein.type.v1.TokenUsage, and skein.agent.v1.Usage, which has the same fields. */
interface UsageMessage {
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly costMicroUsd: bigint;
}

/** What a call consumed, from the wire. */
export function usageFromMessage(usage: UsageMessage | undefined): TokenUsage {
  const costMicroUsd = Number(usage?.costMicroUsd ?? 0);
  return {
    inputTokens: Number(usage?.inputTokens ?? 0),
    outputTokens: Number(usage?.outputTokens ?? 0),
    ...(costMicroUsd === 0 ? {} : { costMicroUsd }),
  };
}

/** What a call consumed, for the wire; undefined: nothing. */
export function usageToMessage(usage: TokenUsage): UsageMessage | undefined {
  const { inputTokens, outputTokens, costMicroUsd = 0 } = usage;
  if (inputTokens === 0 && outputTokens === 0 && costMicroUsd === 0) return undefined;
  return {
    inputTokens: BigInt(inputTokens),
    outputTokens: BigInt(outputTokens),
    costMicroUsd: BigInt(costMicroUsd),
  };
}
