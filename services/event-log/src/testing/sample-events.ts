import { randomBytes } from 'node:crypto';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  RunEventSchema,
  TaskEventSchema,
  TransitionSchema,
  type RunEvent,
  type TaskEvent,
} from '@skein/contracts/event';
import { timestampOfMs } from '@skein/events';
import type { DispatchRef } from '../domain/dispatch.ts';
import type { RunKey } from '../domain/run-key.ts';
import type { TransitionRecord } from '../domain/transition-record.ts';

/** A run id that nobody else has: the time, then chance, as UUIDv7 has it. */
export function newRunId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A run that nobody else has. */
export function newRun(namespace = 'default'): RunKey {
  return { namespace, runId: newRunId() };
}

/** What happened, as the contract's oneof has it. */
export type What = RunEvent['event'];

/** A transition at this place of a run. */
export function transition(
  run: RunKey,
  firstSeq: number,
  events: readonly What[],
  occurredAtMs = Date.now(),
): TransitionRecord {
  const message = create(TransitionSchema, {
    occurredAt: timestampOfMs(occurredAtMs),
    events: events.map((event) => create(RunEventSchema, { event })),
  });
  return { ...run, firstSeq, eventCount: events.length, body: toBinary(TransitionSchema, message) };
}

const ref = (nodeId: string, attempt = 1, dispatch = 1): DispatchRef => ({ nodeId, attempt, dispatch });

/** Events by name, with as little in them as tests need. */
export const what = {
  runStarted: (workflowId = 'w'): What => made({ case: 'runStarted', value: { workflowId } }),
  nodeScheduled: (nodeId: string, attempt = 1): What => made({ case: 'nodeScheduled', value: { nodeId, attempt } }),
  agentInvokeStarted: (d: DispatchRef, agentId = 'called'): What =>
    made({ case: 'agentInvokeStarted', value: { ...d, agentId } }),
  agentInvokeDone: (d: DispatchRef, streamedBytes = 0): What =>
    made({ case: 'agentInvokeDone', value: { ...d, streamedBytes: BigInt(streamedBytes) } }),
  taskDispatchLost: (d: DispatchRef): What => made({ case: 'taskDispatchLost', value: { ...d } }),
  nodeSucceeded: (nodeId: string): What => made({ case: 'nodeSucceeded', value: { nodeId, attempt: 1 } }),
  runDone: (): What => made({ case: 'runDone', value: { outputSeq: 1n } }),
  runCancelled: (reason = ''): What => made({ case: 'runCancelled', value: { reason } }),
  ref,
};

function made(event: NonNullable<MessageInitShape<typeof RunEventSchema>['event']>): What {
  return create(RunEventSchema, { event }).event;
}

/** A dispatch's text as deltas, one for each piece. */
export function deltas(run: RunKey, d: DispatchRef, pieces: readonly string[]): TaskEvent[] {
  let offset = 0;
  return pieces.map((text, index) => {
    const offsetBytes = BigInt(offset);
    offset += Buffer.byteLength(text);
    return create(TaskEventSchema, {
      ...run,
      ...d,
      taskSeq: BigInt(index + 1),
      occurredAt: timestampOfMs(Date.now()),
      event: { case: 'agentStreamDelta', value: { text, offsetBytes } },
    });
  });
}

/** Bytes of all these texts. */
export const bytesOf = (pieces: readonly string[]): number => Buffer.byteLength(pieces.join(''));
