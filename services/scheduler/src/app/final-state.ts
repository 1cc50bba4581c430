/**
 * What is kept of a run whose events are pruned: enough to answer for it as before, and no more.
 *
 *   version (1 byte) | length of the head (4 bytes) | head: JSON | payloads, one after the other
 *
 * Payloads are kept once however often the state points to them, and as they are, so that reading or writing them parses
 * nothing. What the run's row has is not repeated.
 */
import {
  NodeTable,
  noChildren,
  Payload,
  type Failure,
  type ForkOrigin,
  type NodeRun,
  type NodeStatus,
  type ParentLink,
  type RunState,
} from '@skein/domain';
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
  readonly parent?: ParentLink;
  readonly bodyPath?: string;
  readonly forkedFrom?: ForkOrigin;
  /** Absent: none. */
  readonly signalIds?: readonly string[];
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
  endedSeq?: number,
  outputSeq?: number,
  inputDigest?: string,
  children?: ChildCounts | null,
  /** What the node's input is computed from again; earlier versions left it out. */
  inputSeq?: number,
];

/** How many child runs there were, and how they ended. */
type ChildCounts = readonly [total: number, succeeded: number, failed: number, sequential: boolean];

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
  const { input, definition, output, failure, parent, bodyPath, forkedFrom, signalIds } = state;
  const rest = {
    input: indexOf(input),
    ...(definition === undefined ? {} : { definition: indexOf(definition) }),
    ...(output === undefined ? {} : { output: indexOf(output) }),
    ...(failure === undefined ? {} : { failure }),
    ...(parent === undefined ? {} : { parent }),
    ...(bodyPath === '' ? {} : { bodyPath }),
    ...(forkedFrom === undefined ? {} : { forkedFrom }),
    ...(signalIds.length === 0 ? {} : { signalIds }),
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
    searchAttributes: row.searchAttributes,
    memo: row.memo === undefined ? undefined : Payload.fromValue(row.memo),
    sessionId: row.sessionId,
    traceparent: '',
    status: finalStatus(row.status),
    seq: lastSeq,
    createdAtMs: row.createdAtMs,
    endedAtMs: row.endedAtMs,
    nodes: NodeTable.of(nodes.map((node) => [node.id, node])),
    output: payloadAt(head.output),
    failure: head.failure,
    failedNodeId: row.failedNodeId ?? '',
    cancelReason: '',
    parent: head.parent,
    bodyPath: head.bodyPath ?? '',
    forkedFrom: head.forkedFrom,
    flow: undefined,
    pause: undefined,
    pausedNodes: new Map(),
    signals: [],
    signalIds: head.signalIds ?? [],
    asking: 0,
  };
}

function nodeEntry(node: NodeRun, indexOf: (payload: Payload) => PayloadIndex): NodeEntry {
  const { id, status, attempt, dispatch, scheduledAtMs, endedAtMs = null, output, failure = null, nextNodeIds } = node;
  const { endedSeq, outputSeq, children } = node;
  const outputIndex = output === undefined ? null : indexOf(output);
  const digest = Buffer.from(node.inputDigest).toString('base64url');
  const head = [id, status, attempt, dispatch, scheduledAtMs, endedAtMs, outputIndex, failure, nextNodeIds] as const;
  return [...head, endedSeq, outputSeq, digest, children === undefined ? null : countsOf(children), node.inputSeq];
}

/** What only a run that goes on needs is not kept. */
const NEEDED_NO_MORE = {
  lostDispatches: 0,
  scheduledSeq: 0,
  firstScheduledAtMs: 0,
  startedDispatch: 0,
  retryAtMs: undefined,
  wait: undefined,
  resumeDetails: undefined,
  answer: undefined,
} as const;

function nodeOf(entry: NodeEntry, payloadAt: (index: PayloadIndex | null) => Payload | undefined): NodeRun {
  const [id, status, attempt, dispatch, scheduledAtMs, endedAtMs, output, failure, nextNodeIds] = entry;
  const [, , , , , , , , , endedSeq = 0, outputSeq = 0, digest = '', counts, inputSeq = 0] = entry;
  const ended = { endedAtMs: endedAtMs ?? undefined, failure: failure ?? undefined, output: payloadAt(output) };
  const facts = { id, status, attempt, dispatch, scheduledAtMs, nextNodeIds, endedSeq, outputSeq, inputSeq };
  const children = counts ? childrenOf(counts) : undefined;
  return { ...NEEDED_NO_MORE, ...facts, inputDigest: Buffer.from(digest, 'base64url'), ...ended, children };
}

function countsOf({ total, succeeded, failed, sequential }: NonNullable<NodeRun['children']>): ChildCounts {
  return [total, succeeded, failed, sequential];
}

function childrenOf([total, succeeded, failed, sequential]: ChildCounts): NodeRun['children'] {
  return { ...noChildren(total, sequential), succeeded, failed };
}

function finalStatus(status: RunRow['status']): RunState['status'] {
  if (status === 'WAITING' || status === 'PAUSED') throw new RangeError(`a pruned run in state ${status}`);
  return status;
}

function slices(bytes: Buffer, offset: number, lengths: readonly number[]): Payload[] {
  let end = offset;
  return lengths.map((length) => {
    end += length;
    return Payload.fromBytes(bytes.subarray(end - length, end));
  });
}
