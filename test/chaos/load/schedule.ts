/** Schedules that fire while a round goes on. */
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { OverlapPolicy, FireOutcome, type Schedule } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { eventually } from '@skein/testkit';
import type { Surroundings } from './client.ts';
import { sequence } from './graphs/sequence.ts';
import { persist } from './patience.ts';

/** A schedule of a round. */
export interface PlacedSchedule {
  readonly scheduleId: string;
  readonly everyMs: number;
  /** By the scheduler. */
  readonly createdAtMs: number;
  /** Every fire time is before this one. */
  readonly endMs: number;
  /** Whether its runs come one after the other. */
  readonly inTurn: boolean;
}

const KINDS = [
  { scheduleId: 'each-second', everySeconds: 1n, overlap: OverlapPolicy.ALLOW_ALL },
  { scheduleId: 'one-by-one', everySeconds: 2n, overlap: OverlapPolicy.BUFFER_ALL },
] as const;
const ANSWER_MS = 5000;

/** Makes the schedules of a round; none of their fire times may be missed, whatever happens meanwhile. */
export async function placeSchedules(
  { clients, namespace, signal }: Surroundings,
  requestPrefix: string,
  endMs: number,
): Promise<readonly PlacedSchedule[]> {
  const placed = KINDS.map(async ({ scheduleId, everySeconds, overlap }): Promise<PlacedSchedule> => {
    const request = {
      namespace,
      scheduleId,
      requestId: `${requestPrefix}-${scheduleId}`,
      spec: {
        intervals: [{ every: { seconds: everySeconds } }],
        endTime: timestampFromMs(endMs),
        overlap,
        action: {
          target: { case: 'workflow' as const, value: { workflowId: sequence.id } },
          input: valueOfJson({ value: 1, ms: 50 }),
        },
      },
    };
    const { schedule } = await persist((options) => clients.schedules.createSchedule(request, options), {
      timeoutMs: ANSWER_MS,
      signal,
      tries: { reasons: new Map() },
    });
    const createdAtMs = schedule?.createdAt === undefined ? Date.now() : timestampMs(schedule.createdAt);
    const inTurn = overlap === OverlapPolicy.BUFFER_ALL;
    return { scheduleId, everyMs: Number(everySeconds) * 1000, createdAtMs, endMs, inTurn };
  });
  return Promise.all(placed);
}

/** Waits until schedules have nothing left to do; what they have then is for the checker to judge. */
export async function schedulesDone(
  { clients, namespace }: Surroundings,
  schedules: readonly PlacedSchedule[],
  timeoutMs: number,
): Promise<void> {
  const isDone = async ({ scheduleId }: PlacedSchedule): Promise<boolean> => {
    const { schedule } = await clients.schedules.getSchedule({ namespace, scheduleId }, { timeoutMs: ANSWER_MS });
    return schedule !== undefined && hasNothingLeft(schedule);
  };
  const areDone = async (): Promise<boolean> => {
    const answers = await Promise.all(schedules.map((schedule) => isDone(schedule).catch(() => false)));
    return answers.every(Boolean);
  };
  await eventually(areDone, { describe: 'the schedules to be done', timeoutMs }).catch(() => undefined);
}

function hasNothingLeft({ nextFireTimes, runningRunIds, bufferedCount, recentFires }: Schedule): boolean {
  const isSettled = recentFires.every(({ outcome }) => outcome !== FireOutcome.STARTING);
  return nextFireTimes.length === 0 && runningRunIds.length === 0 && bufferedCount === 0 && isSettled;
}
