import { hash } from 'node:crypto';
import type { RunKey } from './run-key.ts';
import type { OpenDispatch } from './task-progress.ts';

/** Where a reader is in a run. */
export interface Position {
  /** seq of the last run event it has; 0: none. */
  readonly seq: number;
  /** How far it is in the dispatches that have not ended by then. */
  readonly open: readonly OpenDispatch[];
}

/** Before the first event. */
export const START: Position = { seq: 0, open: [] };

/** A cursor or page token is malformed, or of another list. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

const VERSION = 1;
const CHECK_CHARS = 8;
const MAX_TOKEN_CHARS = 256 * 1024;

/** A position as an opaque token that is good for one list of one run alone. */
export function encodePosition(position: Position, run: RunKey, list: string): string {
  const open = position.open.map((d) => [d.nodeId, d.attempt, d.dispatch, d.taskSeq, d.offsetBytes]);
  const text = JSON.stringify(open.length === 0 ? [VERSION, position.seq] : [VERSION, position.seq, open]);
  return Buffer.from(checkOf(text, run, list) + text).toString('base64url');
}

/**
 * The position that `encodePosition` made this token of, for the same list of the same run.
 * @throws InvalidCursorError
 */
export function decodePosition(token: string, run: RunKey, list: string): Position {
  if (token.length > MAX_TOKEN_CHARS) throw new InvalidCursorError('it is longer than any that was given out');
  const whole = Buffer.from(token, 'base64url').toString();
  const text = whole.slice(CHECK_CHARS);
  if (whole.slice(0, CHECK_CHARS) !== checkOf(text, run, list)) {
    throw new InvalidCursorError('it was not given out for this run and these filters');
  }
  const position = parse(text);
  if (position === undefined) throw new InvalidCursorError('it is of a version that is not known here');
  return position;
}

type OpenTuple = [nodeId: string, attempt: number, dispatch: number, taskSeq: number, offsetBytes: number];

function parse(text: string): Position | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const [version, seq, open = []]: unknown[] = parsed;
  if (version !== VERSION || !isCount(seq) || !Array.isArray(open) || !open.every(isOpenTuple)) return undefined;
  return {
    seq,
    open: open.map(([nodeId, attempt, dispatch, taskSeq, offsetBytes]) => {
      return { nodeId, attempt, dispatch, taskSeq, offsetBytes };
    }),
  };
}

function isOpenTuple(value: unknown): value is OpenTuple {
  if (!Array.isArray(value)) return false;
  const [nodeId, ...counts]: unknown[] = value;
  return typeof nodeId === 'string' && counts.length === 4 && counts.every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Keeps a token from being used where it does not belong. Not a secret: a namespace's rows are filtered anyway. */
function checkOf(text: string, { namespace, runId }: RunKey, list: string): string {
  return hash('sha256', JSON.stringify([namespace, runId, list, text]), 'base64url').slice(0, CHECK_CHARS);
}
