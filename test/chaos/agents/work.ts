import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from './journal.ts';
import { answerTo, fateOf, piecesOf, type Answer, type Script } from './script.ts';

/** A call, whatever protocol it came by. */
export interface WorkRequest {
  readonly script: Script;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly dispatch: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What a call comes to. */
export type WorkResult = { readonly answer: Answer } | { readonly retryable: boolean };

/** Does what a script says, and writes down that it was asked to. Rejects when the caller is gone. */
export async function work(
  journal: Journal,
  request: WorkRequest,
  say: (piece: string) => void = () => undefined,
): Promise<WorkResult> {
  const { script, idempotencyKey, attempt, dispatch, signal } = request;
  const end = journal.call(idempotencyKey, dispatch);
  signal.addEventListener('abort', () => end('dropped'), { once: true });
  const fate = fateOf(script, attempt);
  await spendTime(script, signal, say);
  if (fate === 'hangs') await new Promise((_, reject) => signal.addEventListener('abort', reject, { once: true }));
  if (fate === 'answers') {
    end('answered');
    return { answer: answerTo(script) };
  }
  end('failed');
  return { retryable: fate === 'fails' };
}

async function spendTime(script: Script, signal: AbortSignal, say: (piece: string) => void): Promise<void> {
  const { ms = 0 } = script;
  const pieces = piecesOf(script);
  if (pieces.length === 0) return ms > 0 ? delay(ms, undefined, { signal }) : undefined;
  for (const piece of pieces) {
    say(piece);
    await delay(ms / pieces.length, undefined, { signal });
  }
}
