/**
 * What is kept of a run whose events are pruned: enough to answer for it as before, and no more.
 *
 *   version (1 byte) | length of the head (4 bytes) | head: JSON | payloads, one after the other
 *
 * Payloads are kept once however often the state points to them, and as they are, so that reading or writing them parses
 * nothing. What the run's row has is not repeated.
 */
import { Payload, type Failure, type NodeRun, type NodeStatus, type RunState } from '@skein/domain';
import type { RunRow, TransitionRow } from './run-store.ts';

const VERSION = 1;
const HEAD_OFFSET = 5;

/** An index into the payloads. */
type PayloadIndex = number;

interface Head {
  readonly payloadBytes: readonly number[];
  readonly input: PayloadIndex;
  readonly definition?: PayloadIndex;
  readonly output?: PayloadIndex;
  readonly failure?: Failure;
  readonly nodes: readonly NodeEntry[];
}

/** Positions instead of names: there is one for each node of each run. */
type NodeEntry = readonly [
  id: string,
  status: NodeStatus,
  attempt: number,
  dispatch: number,
  scheduledAtMs: number,
  endedAtMs: number | null,
  output: PayloadIndex | null,
  failure: Failure | null,
  nextNodeIds: readonly string[],
  /** What the node's input is computed from again; earlier versions left it out. */
  seqs?: readonly [inputSeq: number, outputSeq: number, endedSeq: number],
];

/** A later version of this service wrote it: that one can read it. */
export class UnknownFinalStateError extends Error {
  override readonly name = 'UnknownFinalStateError';
}

/** What is kept of an ended run. */
export function encodeFinalState(state: RunState): Uint8Array {
  const payloads = new Map<Payload, PayloadIndex>();
  const indexOf = (payload: Payload): PayloadIndex => {
    const index = payloads.get(payload) ?? payloads.size;
    payloads.set(payload, index);
    return index;
  };
  const { input, definition, output, failure } = state;
  const rest = {
    input: indexOf(input),
    ...(definition === undefined ? {} : { definition: indexOf(definition) }),
    ...(output === undefined ? {} : { output: indexOf(output) }),
    ...(failure === undefined ? {} : { failure }),
    nodes: Array.from(state.nodes.values(), (node) => nodeEntry(node, indexOf)),
  };
  const bodies = Array.from(payloads.keys(), ({ bytes }) => bytes);
  const head: Head = { payloadBytes: bodies.map(({ byteLength }) => byteLength), ...rest };
  const text = Buffer.from(JSON.stringify(head));
  const prefix = Buffer.alloc(HEAD_OFFSET);
  prefix.writeUInt8(VERSION);
  prefix.writeUInt32BE(text.byteLength, 1);
  return Buffer.concat([prefix, text, ...bodies]);
}

/**
 * The run as it ended, from its own row and the one that is left of its history.
 * @throws UnknownFinalStateError
 */
export function decodeFinalState(row: RunRow, { eventCount: lastSeq, body }: TransitionRow): RunState {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const version = bytes.readUInt8();
  if (version !== VERSION) throw new UnknownFinalStateError(`run ${row.runId} was pruned in version ${version}`);
  const payloadOffset = HEAD_OFFSET + bytes.readUInt32BE(1);
  const head = JSON.parse(bytes.toString('utf8', HEAD_OFFSET, payloadOffset)) as Head;
  const payloads = slices(bytes, payloadOffset, head.payloadBytes);
  const payloadAt = (index: PayloadIndex | null | undefined) => {
    return index === null || index === undefined ? undefined : payloads[index];
  };
  const nodes = head.nodes.map((entry) => nodeOf(entry, payloadAt));
  return {
    runId: row.runId,
    namespace: row.namespace,
    workflowId: row.workflowId,
    workflowVersion: row.workflowVersion,
    definition: payloadAt(head.definition),
    input: payloadAt(head.input) ?? Payload.fromValue(null),
    labels: row.labels,
    sessionId: row.sessionId,
    traceparent: '',
    status: row.status,
    seq: lastSeq,
    createdAtMs: row.createdAtMs,
    endedAtMs: row.endedAtMs,
    nodes: new Map(nodes.map((node) => [node.id, node])),
    output: payloadAt(head.output),
    failure: head.failure,
    failedNodeId: row.failedNodeId ?? '',
  };
}

function nodeEntry(node: NodeRun, indexOf: (payload: Payload) => PayloadIndex): NodeEntry {
  const { id, status, attempt, dispatch, scheduledAtMs, endedAtMs = null, output, failure = null, nextNodeIds } = node;
  const outputIndex = output === undefined ? null : indexOf(output);
  const seqs = [node.inputSeq, node.outputSeq, node.endedSeq] as const;
  return [id, status, attempt, dispatch, scheduledAtMs, endedAtMs, outputIndex, failure, nextNodeIds, seqs];
}

/** What only a run that goes on needs is not kept. */
const NEEDED_NO_MORE = {
  lostDispatches: 0,
  scheduledSeq: 0,
  firstScheduledAtMs: 0,
  startedDispatch: 0,
  retryAtMs: undefined,
} as const;

function nodeOf(entry: NodeEntry, payloadAt: (index: PayloadIndex | null) => Payload | undefined): NodeRun {
  const [id, status, attempt, dispatch, scheduledAtMs, endedAtMs, output, failure, nextNodeIds, seqs] = entry;
  const [inputSeq, outputSeq, endedSeq] = seqs ?? [0, 0, 0];
  const ended = { endedAtMs: endedAtMs ?? undefined, failure: failure ?? undefined, output: payloadAt(output) };
  return {
    ...NEEDED_NO_MORE,
    id,
    status,
    attempt,
    dispatch,
    scheduledAtMs,
    nextNodeIds,
    inputSeq,
    outputSeq,
    endedSeq,
    ...ended,
  };
}

function slices(bytes: Buffer, offset: number, lengths: readonly number[]): Payload[] {
  let end = offset;
  return lengths.map((length) => {
    end += length;
    return Payload.fromBytes(bytes.subarray(end - length, end));
  });
}
