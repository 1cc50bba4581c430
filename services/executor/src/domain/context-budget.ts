/** The bounds of a prompt, checked before anybody is asked. */
import type { JsonValue } from '@bufbuild/protobuf';
import { promptSize, type LlmPrompt, type PromptSize } from '@skein/domain';
import { lasting } from './call-failure.ts';
import { isJsonObject } from './json-object.ts';

/** Largest prompt. */
export interface ContextBudget {
  readonly bytes: number;
  /** By estimate. */
  readonly tokens: number;
}

const UNBOUNDED: ContextBudget = { bytes: Number.POSITIVE_INFINITY, tokens: Number.POSITIVE_INFINITY };
/** Parts that a failure names. */
const MAX_NAMED = 5;

/**
 * The budget in a question; where it has none, there is no bound.
 * @throws CallError INVALID_FIELD that names the member.
 */
export function contextBudgetOf(value: JsonValue | undefined, place: string): ContextBudget {
  if (value === undefined || value === null) return UNBOUNDED;
  if (!isJsonObject(value)) throw invalid(place, 'must be an object with `tokens` or `bytes`');
  return { bytes: bound(value['bytes'], `${place}.bytes`), tokens: bound(value['tokens'], `${place}.tokens`) };
}

/** Whether a prompt keeps within a budget. */
export function fits({ sizeBytes, tokens }: PromptSize, budget: ContextBudget): boolean {
  return sizeBytes <= budget.bytes && tokens <= budget.tokens;
}

/**
 * Weighs a prompt.
 * @throws CallError CONTEXT_BUDGET_EXCEEDED that names the sizes and the largest parts.
 */
export function weighPrompt(prompt: LlmPrompt, budget: ContextBudget, place: string): PromptSize {
  const size = promptSize(prompt);
  if (fits(size, budget)) return size;
  const largest = size.parts.toSorted((a, b) => b.sizeBytes - a.sizeBytes).slice(0, MAX_NAMED);
  const named = largest.map(({ name, sizeBytes, tokens }) => `${name}: ${sizeBytes} bytes, about ${tokens} tokens`);
  const over = [
    ...(size.sizeBytes > budget.bytes ? [`${size.sizeBytes} bytes of ${budget.bytes}`] : []),
    ...(size.tokens > budget.tokens ? [`about ${size.tokens} tokens of ${budget.tokens}`] : []),
  ];
  throw lasting('CONTEXT_BUDGET_EXCEEDED', {
    message: `the prompt is larger than the node's context_budget: ${over.join(', ')}; largest: ${named.join('; ')}`,
    place,
    remedy: 'give the model less: pass the fields it needs instead of whole outputs; or raise context_budget',
    details: {
      size_bytes: size.sizeBytes,
      tokens: size.tokens,
      context_budget: {
        ...(Number.isFinite(budget.bytes) ? { bytes: budget.bytes } : {}),
        ...(Number.isFinite(budget.tokens) ? { tokens: budget.tokens } : {}),
      },
      largest_parts: largest.map(({ name, sizeBytes, tokens }) => ({ name, size_bytes: sizeBytes, tokens })),
    },
  });
}

function bound(value: JsonValue | undefined, place: string): number {
  if (value === undefined || value === null) return Number.POSITIVE_INFINITY;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw invalid(place, 'must be 1 or more');
  return value;
}

const invalid = (place: string, message: string) =>
  lasting('INVALID_FIELD', { message: `${place} ${message}`, place, remedy: 'mend the node in the workflow' });
