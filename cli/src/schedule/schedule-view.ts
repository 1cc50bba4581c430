/** Schedules for people. */
import type { DescEnum } from '@bufbuild/protobuf';
import {
  FireKindSchema,
  FireOutcomeSchema,
  FireSkipReason,
  FireSkipReasonSchema,
  OverlapPolicySchema,
  type Schedule,
  type ScheduleFire,
  type ScheduleSpec,
} from '@skein/contracts/scheduler';
import type { Output } from '../output/output.ts';
import { paintState } from '../output/palette.ts';
import { table } from '../output/table.ts';
import { instantMs, spanText } from '../output/time.ts';
import { clip } from '../output/value-text.ts';

type Instant = Parameters<typeof instantMs>[0];

const DETAIL_CHARS = 70;

/** A time in UTC, to the second; with milliseconds where it has some. */
export function timeText(instant: Instant): string {
  const ms = instantMs(instant);
  return ms === undefined ? '-' : new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** When it fires, in few words. */
export function timesText({ crons, intervals, timeZone }: ScheduleSpec): string {
  const every = intervals.map(({ every: span }) => `every ${spanText(instantMs(span) ?? 0)}`);
  const zone = crons.length > 0 && timeZone !== 'UTC' ? ` ${timeZone}` : '';
  return [...crons, ...every].join(' | ') + zone;
}

/** What it starts. */
export function targetText({ action }: ScheduleSpec): string {
  const target = action?.target;
  switch (target?.case) {
    case 'agent':
      return `agent ${target.value.agentId}`;
    case 'llm':
      return `model ${target.value.model || 'of the platform'}`;
    case 'tool':
      return `tool ${target.value.toolId}`;
    case 'workflow': {
      const { workflowId, version } = target.value;
      return version === 0 ? workflowId : `${workflowId}:${version}`;
    }
    default:
      return '-';
  }
}

/** ACTIVE, PAUSED, or ENDED where no fire time is left. */
export function scheduleState({ paused, nextFireTimes }: Schedule): string {
  if (paused) return 'PAUSED';
  return nextFireTimes.length === 0 ? 'ENDED' : 'ACTIVE';
}

/** What became of a fire, in a word. */
export function outcomeWord({ outcome }: ScheduleFire): string {
  return wordOf(FireOutcomeSchema, outcome);
}

/** The run, or why there is none. */
export function fireDetail(fire: ScheduleFire): string {
  if (fire.runId !== '') return fire.runId;
  if (fire.failure !== undefined) return clip(`${fire.failure.code}: ${fire.failure.message}`, DETAIL_CHARS);
  if (fire.missedUntil !== undefined) return `missed, and all to before ${timeText(fire.missedUntil)}`;
  return fire.skipReason === FireSkipReason.UNSPECIFIED
    ? ''
    : wordOf(FireSkipReasonSchema, fire.skipReason).toLowerCase();
}

/** One schedule with all that is to be said about it. */
export function showSchedule(schedule: Schedule, output: Output): void {
  const { spec, recentFires } = schedule;
  const facts: [string, string][] = [
    ['schedule', schedule.scheduleId],
    ['description', spec?.description ?? ''],
    ['state', paintState(scheduleState(schedule), output.paint)],
    ['paused for', schedule.pauseReason],
    ['times', spec === undefined ? '' : timesText(spec)],
    ['starts', spec === undefined ? '' : targetText(spec)],
    ['overlap', wordOf(OverlapPolicySchema, spec?.overlap ?? 0).toLowerCase()],
    ['catch up', spanText(instantMs(spec?.catchUpWindow) ?? 0)],
    ['jitter', spec?.jitter === undefined ? '' : spanText(instantMs(spec.jitter) ?? 0)],
    ['revision', String(schedule.revision)],
    ['open runs', schedule.runningRunIds.join(' ')],
    ['waiting', schedule.bufferedCount === 0 ? '' : String(schedule.bufferedCount)],
    ['backfills', schedule.backfillCount === 0 ? '' : String(schedule.backfillCount)],
    ['next', schedule.nextFireTimes.map(timeText).join(' ')],
  ];
  for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(12)} ${value}`);
  if (recentFires.length === 0) return;
  output.line();
  const rows = recentFires.map((fire) => [
    timeText(fire.fireTime),
    wordOf(FireKindSchema, fire.kind).toLowerCase(),
    paintState(outcomeWord(fire), output.paint),
    fireDetail(fire),
  ]);
  for (const line of table(['FIRE TIME', 'BY', 'OUTCOME', 'RUN'], rows)) output.line(line);
}

function wordOf({ values }: DescEnum, number: number): string {
  return values.find((value) => value.number === number)?.localName ?? String(number);
}
