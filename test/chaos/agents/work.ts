import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from './journal.ts';
import { answerTo, fateOf, piecesOf, worked, type Answer, type Progress, type Script } from './script.ts';

/** A call, whatever protocol it came by. */
export interface WorkRequest {
  readonly script: Script;
  readonly idempotencyKey: string;
  readonly attempt: number;
  /** 0: the caller does not say. */
  readonly dispatch: number;
  /** How far an earlier call has come. Undefined: the work begins. */
  readonly resume?: Progress | undefined;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What a call comes to. */
export type WorkResult = { readonly answer: Answer } | { readonly retryable: boolean };

/** What is said while the work is done. */
export interface Telling {
  readonly say?: (piece: string) => void;
  readonly come?: (progress: Progress) => void;
}

/** Laps after which an attempt that is to fail or to hang does. */
const LAPS_BEFORE_TROUBLE = 2;

/** Does what a script says, and writes down that it was asked to. Rejects when the caller is gone. */
export async function work(
  journal: Journal,
  request: WorkRequest,
  { say = () => undefined, come = () => undefined }: Telling = {},
): Promise<WorkResult> {
  const { script, idempotencyKey, attempt, dispatch, resume, signal } = request;
  const end = journal.call(idempotencyKey, dispatch, resume?.lap ?? 0);
  signal.addEventListener('abort', () => end('dropped'), { once: true });
  const fate = fateOf(script, attempt);
  if (script.laps === undefined) await spendTime(script, signal, say);
  else await doLaps(script, { from: resume, isShort: fate !== 'answers', signal, come });
  if (fate === 'hangs') await new Promise((_, reject) => signal.addEventListener('abort', reject, { once: true }));
  if (fate === 'answers') {
    end('answered');
    return { answer: answerTo(script, resume) };
  }
  end('failed');
  return { retryable: fate === 'fails' };
}

async function doLaps(
  { value, laps = 0, ms = 0 }: Script,
  run: {
    readonly from: Progress | undefined;
    readonly isShort: boolean;
    readonly signal: AbortSignal;
    readonly come: (progress: Progress) => void;
  },
): Promise<void> {
  let progress = run.from ?? { lap: 0, value };
  const last = run.isShort ? Math.min(laps, progress.lap + LAPS_BEFORE_TROUBLE) : laps;
  while (progress.lap < last) {
    await delay(ms / laps, undefined, { signal: run.signal });
    progress = { lap: progress.lap + 1, value: worked(progress.value) };
    run.come(progress);
  }
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

/** The attempt that an idempotency key names: RUN_ID/NODE_ID/ATTEMPT. */
export function attemptOf(idempotencyKey: string): number {
  return Number(idempotencyKey.split('/').at(-1));
}
