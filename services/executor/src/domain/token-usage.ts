import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isJsonObject } from './json-object.ts';

/** What a call consumed. Zero: none or not measured. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Millionths of a US dollar. Absent: nothing, or not said. */
  readonly costMicroUsd?: number;
}

const MAX_COST_USD = 1e9;

export const NO_USAGE: Usage = Object.freeze({ inputTokens: 0, outputTokens: 0 });

/**
 * Reads the usage of the HTTP dialects. An agent that gives nothing but a total has it counted as output: agents do
 * not say so, but what they charge for is what they wrote.
 */
export function usageOf(usage: JsonValue | undefined): Usage {
  if (!isJsonObject(usage)) return NO_USAGE;
  const count = (...names: string[]) => {
    const value = names.map((name) => usage[name]).find((it) => typeof it === 'number' && it >= 0);
    return typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : undefined;
  };
  const cost = costOf(usage);
  const inputTokens = count('input_tokens', 'prompt_tokens');
  const outputTokens = count('output_tokens', 'completion_tokens');
  if (inputTokens === undefined && outputTokens === undefined) {
    return { inputTokens: 0, outputTokens: count('total_tokens', 'tokens') ?? 0, ...cost };
  }
  return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0, ...cost };
}

/** The dollars that an agent says its work cost. */
function costOf({ cost_usd: costUsd }: JsonObject): Pick<Usage, 'costMicroUsd'> {
  if (typeof costUsd !== 'number' || !(costUsd > 0 && costUsd < MAX_COST_USD)) return {};
  return { costMicroUsd: Math.round(costUsd * 1e6) };
}
