import { toJson, type JsonValue } from '@bufbuild/protobuf';
import { timestampDate, ValueSchema, type Value } from '@bufbuild/protobuf/wkt';
import { RunState, type Run as RunMessage } from '../gen/skein/scheduler/v1/run_pb.ts';
import { SkeinError } from './skein-error.ts';

/** Where a run stands. */
export type RunStateName = Exclude<keyof typeof RunState, 'UNSPECIFIED'>;

/** A run, as it was when the platform answered. */
export interface Run {
  readonly runId: string;
  readonly workflowId: string;
  /** 0: a run of one agent or one model, without a stored workflow. */
  readonly workflowVersion: number;
  readonly state: RunStateName;
  /** It will not change any more. */
  readonly hasEnded: boolean;
  readonly input: JsonValue;
  /** Null where it did not end in state DONE. */
  readonly output: JsonValue;
  /** Why it did not end well. Undefined: it has not ended, or ended in state DONE. */
  readonly error: SkeinError | undefined;
  /** Empty: none. */
  readonly sessionId: string;
  readonly createdAt: Date | undefined;
  /** seq of its last event. */
  readonly lastSeq: number;
  /** All that the contract says. */
  readonly message: RunMessage;
}

const ENDED: ReadonlySet<RunState> = new Set([RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.TERMINATED]);

const NAMES = new Map<RunState, RunStateName>(
  Object.entries(RunState).map(([name, state]) => [state, name as RunStateName]),
);

/** A state of a newer platform, whose name is not known here, counts as RUNNING: it is not an end that is known. */
const nameOf = (state: RunState): RunStateName => NAMES.get(state) ?? 'RUNNING';

export function runView(message: RunMessage | undefined): Run {
  if (message === undefined) {
    throw new SkeinError({ code: 'INTERNAL', reason: 'INTERNAL', message: 'the platform answered without a run' });
  }
  const { runId, workflowId, workflowVersion, state, sessionId, createdAt, lastSeq } = message;
  return {
    runId,
    workflowId,
    workflowVersion,
    state: nameOf(state),
    hasEnded: ENDED.has(state),
    input: jsonOf(message.input),
    output: jsonOf(message.output),
    error: errorOf(message),
    sessionId,
    createdAt: createdAt === undefined ? undefined : timestampDate(createdAt),
    lastSeq: Number(lastSeq),
    message,
  };
}

function errorOf({ runId, state, failure, failedNodeId }: RunMessage): SkeinError | undefined {
  if (!ENDED.has(state) || state === RunState.DONE) return undefined;
  if (failure !== undefined) return SkeinError.ofFailure(failure);
  const name = nameOf(state);
  const place = failedNodeId === '' ? `runs.${runId}` : `nodes.${failedNodeId}`;
  return new SkeinError({ code: 'FAILED', reason: name, message: `run ${runId} ended in state ${name}`, place });
}

export function jsonOf(value: Value | undefined): JsonValue {
  return value === undefined ? null : toJson(ValueSchema, value);
}

/** The output of a run that ended well. Throws why it did not. */
export function outputOf(run: Run): JsonValue {
  if (run.error !== undefined) throw run.error;
  return run.output;
}
