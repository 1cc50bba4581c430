/**
 * The child runs of a node, as its run remembers them: how many there are, which are open, and what the others ended
 * with. Immutable; a change shares what it does not touch, because a map may have 100,000 of them.
 */
import type { CallOutcome } from './event.ts';
import { Payload } from './payload.ts';

/** The child runs of one attempt of a node. */
export interface Children {
  /** In all; for a loop, at most. */
  readonly total: number;
  /** Whether they come one after the other, so that only what the last one ended with matters. */
  readonly sequential: boolean;
  /** How many have been started; the next one has this index. */
  readonly started: number;
  /** Run ids of those that have not ended, by index. */
  readonly open: ReadonlyMap<number, string>;
  readonly succeeded: number;
  readonly failed: number;
  /** What they ended with, by index; empty where they are sequential. */
  readonly outcomes: OutcomeList;
  /** What the one that ended last has ended with, and the seq of the event that says so. */
  readonly last: { readonly outcome: CallOutcome; readonly seq: number } | undefined;
}

/** The children of an attempt that has just begun. */
export function noChildren(total: number, sequential: boolean): Children {
  return {
    total,
    sequential,
    started: 0,
    open: new Map(),
    succeeded: 0,
    failed: 0,
    outcomes: OutcomeList.EMPTY,
    last: undefined,
  };
}

/** With more of them started. */
export function withStarted(children: Children, firstIndex: number, runIds: readonly string[]): Children {
  const open = new Map(children.open);
  for (const [offset, runId] of runIds.entries()) open.set(firstIndex + offset, runId);
  return { ...children, open, started: firstIndex + runIds.length };
}

/** With one of them ended. */
export function withEnded(children: Children, index: number, outcome: CallOutcome, seq: number): Children {
  const open = new Map(children.open);
  open.delete(index);
  const failed = 'failure' in outcome ? 1 : 0;
  return {
    ...children,
    open,
    succeeded: children.succeeded + 1 - failed,
    failed: children.failed + failed,
    outcomes: children.sequential ? children.outcomes : children.outcomes.with(index, outcome),
    last: { outcome, seq },
  };
}

const CHUNK = 256;

/** Outcomes by index. Immutable: a change copies one chunk and the list of chunks. */
export class OutcomeList {
  static readonly EMPTY = new OutcomeList([], 0);
  readonly #chunks: readonly (readonly (CallOutcome | undefined)[])[];
  readonly size: number;

  private constructor(chunks: readonly (readonly (CallOutcome | undefined)[])[], size: number) {
    this.#chunks = chunks;
    this.size = size;
  }

  at(index: number): CallOutcome | undefined {
    return this.#chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
  }

  with(index: number, outcome: CallOutcome): OutcomeList {
    const at = Math.floor(index / CHUNK);
    const chunks = [...this.#chunks];
    while (chunks.length <= at) chunks.push([]);
    const chunk = [...(chunks[at] ?? [])];
    chunk[index % CHUNK] = outcome;
    chunks[at] = chunk;
    return new OutcomeList(chunks, this.size + (this.at(index) === undefined ? 1 : 0));
  }
}

const COMMA = Buffer.from(',');
const NULL = Buffer.from('null');

/** The output of a node made of what its children ended with, in the order of their indices; nothing is parsed. */
export function collectedOutput(children: Children, form: 'outputs' | 'outcomes'): Payload {
  const parts: Uint8Array[] = [Buffer.from('[')];
  for (let index = 0; index < children.total; index += 1) {
    if (index > 0) parts.push(COMMA);
    parts.push(...elementOf(children.outcomes.at(index), form));
  }
  parts.push(Buffer.from(']'));
  return Payload.fromBytes(Buffer.concat(parts));
}

function elementOf(outcome: CallOutcome | undefined, form: 'outputs' | 'outcomes'): readonly Uint8Array[] {
  if (outcome === undefined) return [NULL];
  if ('output' in outcome) {
    const { bytes } = outcome.output;
    const text = bytes.byteLength === 0 ? NULL : bytes;
    return form === 'outputs' ? [text] : [Buffer.from('{"ok":true,"output":'), text, Buffer.from('}')];
  }
  if (form === 'outputs') return [NULL];
  const { code, message } = outcome.failure;
  return [Buffer.from(JSON.stringify({ ok: false, error: { code, message } }))];
}
