import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from './journal.ts';
import type { ChildCalls } from './child-calls.ts';
import { answerTo, fateOf, piecesOf, worked, workedWith, type Answer, type Progress, type Script } from './script.ts';

/** A call, whatever protocol it came by. */
export interface WorkRequest {
  readonly script: Script;
  readonly idempotencyKey: string;
  readonly attempt: number;
  /** 0: the caller does not say. */
  readonly dispatch: number;
  /** The agent that is called. Absent: the caller does not say. */
  readonly agentId?: string;
  /** How far an earlier call has come. Undefined: the work begins. */
  readonly resume?: Progress | undefined;
  /** What the last question of the attempt was answered with. Undefined: none was asked. */
  readonly told?: Told | undefined;
  /** What it can start child runs with. Undefined: it cannot. */
  readonly children?: ChildCalls | undefined;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** The answer to a question. */
export interface Told {
  /** Answers of the attempt so far. */
  readonly turn: number;
  /** The number that the work had come to when it was asked for. */
  readonly state: number;
  readonly answer: number;
}

/** What is asked: the number of the question, from 0, and the number that the work has come to. */
export interface Asked {
  readonly turn: number;
  readonly state: number;
}

/** What a call comes to. */
export type WorkResult = { readonly answer: Answer } | { readonly retryable: boolean } | { readonly asked: Asked };

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
  const { script, idempotencyKey, attempt, dispatch, resume, signal, children, told, agentId = '' } = request;
  const end = journal.call(idempotencyKey, dispatch, { lap: resume?.lap ?? 0, agent: agentId });
  signal.addEventListener('abort', () => end('dropped'), { once: true });
  const fate = fateOf(script, attempt);
  const begun = told === undefined ? script.value : workedWith(told.state, told.answer);
  const turn = told?.turn ?? 0;
  if (turn < (script.asks ?? 0)) {
    await spendTime(script, signal, say);
    end('answered');
    return { asked: { turn, state: begun } };
  }
  const helped = children === undefined ? begun : await children.work(begun, script, signal);
  if (script.laps === undefined) await spendTime(script, signal, say);
  else await doLaps(script, { from: resume, isShort: fate !== 'answers', signal, come });
  if (fate === 'hangs') await new Promise((_, reject) => signal.addEventListener('abort', reject, { once: true }));
  if (fate === 'answers') {
    end('answered');
    return { answer: answerTo({ ...script, value: helped }, resume) };
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
