import { setTimeout as delay } from 'node:timers/promises';
import type { EventStream } from '@skein/example-agent-host';
import type { InvokeRequest } from './invoke-request.ts';
import { triage } from './triage.ts';

/** How an answer is streamed. */
export interface StreamOptions {
  readonly events: EventStream;
  /** Pause between two words, in milliseconds. */
  readonly intervalMs: number;
  /** Aborts when nobody reads any more. */
  readonly signal: AbortSignal;
}

/** Triages the ticket and streams the answer word by word. Throws the signal's reason when nobody reads any more. */
export async function streamAnswer({ runId, ticket }: InvokeRequest, options: StreamOptions): Promise<void> {
  const { events, intervalMs, signal } = options;
  if (ticket === undefined) {
    const message = 'there is no text to work on: give `input_message.content`';
    await events.send('error', { code: 'INVALID_INPUT', message, run_id: runId });
    return events.end();
  }
  const startedAt = performance.now();
  await events.send('state', { state: 'triage', detail: 'reading the ticket', run_id: runId });
  const { topic, steps, answer } = triage(ticket);
  await events.send('state', { state: 'answering', detail: `${topic}: ${steps.length} steps`, run_id: runId });
  const words = answer.match(/\S+\s*/g) ?? [];
  for (const text of words) {
    if (intervalMs > 0) await delay(intervalMs, undefined, { signal });
    await events.send('delta', { text, run_id: runId });
  }
  const promptTokens = countWords(`${ticket.subject} ${ticket.text}`);
  const usage = {
    tokens: promptTokens + words.length,
    total_tokens: promptTokens + words.length,
    prompt_tokens: promptTokens,
    completion_tokens: words.length,
    duration_ms: Math.round(performance.now() - startedAt),
  };
  await events.send('done', { final_message: answer, usage, run_id: runId });
  events.end();
}

/** This agent has no language model; words are what it counts as tokens. */
const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;
