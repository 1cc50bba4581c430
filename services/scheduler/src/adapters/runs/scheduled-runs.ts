/** Runs of schedules, through the contract that everybody starts runs by: the owner of a run answers, here or elsewhere. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError, type Client } from '@connectrpc/connect';
import type { RunService, StartRunRequestSchema } from '@skein/contracts/scheduler';
import { searchAttributesToMessages, valueOfJson } from '@skein/events';
import { describeError } from '@skein/rpc';
import type { RunStore } from '../../app/run-store.ts';
import type { FireStart, ScheduledRuns } from '../../app/schedules/scheduled-runs.ts';
import type { ScheduleTarget } from '../../domain/schedule/schedule.ts';
import type { StartOutcome } from '../../domain/schedule/settle.ts';

/** Labels that every run of a schedule has. */
export const SCHEDULE_LABEL = 'skein.schedule_id';
export const FIRE_TIME_LABEL = 'skein.fire_time';

/** A scheduler that takes longer is tried again, or its heir is. */
const ANSWER_MS = 5000;
/** Codes that say that the same start will never be answered otherwise. */
const FINAL_CODES: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.FailedPrecondition,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.OutOfRange,
  Code.Unimplemented,
]);

/** What ending a run that overlaps is done by. */
export type EndRun = (namespace: string, runId: string, reason: string) => Promise<unknown>;

/** How the runs are reached. */
export interface ScheduledRunsOptions {
  readonly runs: Pick<Client<typeof RunService>, 'startRun'>;
  readonly store: Pick<RunStore, 'closedAmong'>;
  readonly cancel: EndRun;
  readonly terminate: EndRun;
}

/** Runs as schedules start and end them. */
export function scheduledRuns({ runs, store, cancel, terminate }: ScheduledRunsOptions): ScheduledRuns {
  return {
    async start(start) {
      try {
        await runs.startRun(startRequest(start), { timeoutMs: ANSWER_MS });
        return { kind: 'started' };
      } catch (error) {
        return outcomeOf(error);
      }
    },

    async end({ namespace, scheduleId }, runId, endsBy) {
      const reason = `the next run of schedule ${scheduleId} takes its place`;
      try {
        await (endsBy === 'terminate' ? terminate : cancel)(namespace, runId, reason);
      } catch (error) {
        const { reason: why } = describeError(error);
        if (why !== 'RUN_ENDED' && why !== 'RUN_NOT_FOUND') throw error;
      }
    },

    closedAmong: (runIds) => store.closedAmong(runIds),
  };
}

function startRequest({ key, fire, action }: FireStart): MessageInitShape<typeof StartRunRequestSchema> {
  const { namespace, scheduleId } = key;
  const fireTime = new Date(fire.fireMs).toISOString();
  return {
    namespace,
    runId: fire.runId,
    target: targetOf(action.target),
    input: valueOfJson(action.input),
    labels: { ...action.labels, [SCHEDULE_LABEL]: scheduleId, [FIRE_TIME_LABEL]: fireTime },
    sessionId: action.sessionId,
    searchAttributes: searchAttributesToMessages(action.searchAttributes ?? {}),
    ...(action.memo === undefined ? {} : { memo: action.memo as Record<string, never> }),
    priority: action.priority ?? 0,
    fairnessKey: action.fairnessKey ?? '',
  };
}

function targetOf(target: ScheduleTarget): NonNullable<MessageInitShape<typeof StartRunRequestSchema>['target']> {
  switch (target.kind) {
    case 'workflow':
      return { case: 'workflow', value: { workflowId: target.workflowId, version: target.version } };
    case 'agent': {
      const { agentId, skillId, config } = target;
      // JSON is what a struct holds; the types only spell it differently.
      return { case: 'agent', value: { agentId, skillId, config: config as Record<string, never> } };
    }
    case 'llm':
      return { case: 'llm', value: { model: target.model } };
    case 'tool':
      return { case: 'tool', value: { toolId: target.toolId } };
  }
}

/** The id follows from the fire, so that a run which has it is the fire's own. */
function outcomeOf(error: unknown): StartOutcome {
  const { reason, message, place, remedy, code } = describeError(error);
  if (reason === 'RUN_ID_TAKEN') return { kind: 'started' };
  const failure = { code: reason, message, place, remedy };
  const isFinal = error instanceof ConnectError && FINAL_CODES.has(code);
  return { kind: isFinal ? 'failed' : 'unsettled', failure };
}
