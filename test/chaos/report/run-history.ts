import { create } from '@bufbuild/protobuf';
import { RunEventSchema } from '@skein/contracts/event';
import { callsByRun, placedEvents, type PlacedEvent, type RoundHistory } from '../checker/history.ts';
import { eventName } from '@skein/events';
import type { RoundResult } from '../round.ts';

interface Line {
  readonly atMs: number;
  readonly text: string;
}

/** Everything that happened to a run, and around it, in the order of time: for whoever looks into a violation. */
export function runHistory({ history, faults, startedAtMs }: RoundResult, runId: string): string[] {
  const run = history.runs.get(runId);
  const lines: Line[] = [
    ...(run === undefined ? [] : placedEvents(run).map(eventLine)),
    ...callLines(history, runId),
    ...clientLines(history, runId),
    ...faults.flatMap(({ text, fromMs, toMs }) => [
      { atMs: fromMs, text: `FAULT ${text}` },
      { atMs: toMs, text: `HEALED ${text}` },
    ]),
  ];
  const sorted = lines.toSorted((a, b) => a.atMs - b.atMs);
  return sorted.map(({ atMs, text }) => `${seconds(atMs - startedAtMs)}  ${text}`);
}

/** Time in a round, as it stands in front of lines: seconds with three decimals, aligned. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(3).padStart(8);
}

function eventLine({ seq, committedAtMs, event }: PlacedEvent): Line {
  const { case: name, value } = event;
  const details = value === undefined ? [] : Object.entries(value).flatMap(([key, field]) => detail(key, field));
  return {
    atMs: committedAtMs,
    text: `event ${seq} ${name === undefined ? 'unknown' : eventName(create(RunEventSchema, { event }))} ${details.join(' ')}`,
  };
}

const SHOWN = new Set([
  'nodeId',
  'attempt',
  'dispatch',
  'nextAttempt',
  'executorId',
  'instanceId',
  'outputSeq',
  'reason',
  'model',
]);

function detail(key: string, field: unknown): string[] {
  if (key === 'failure' && typeof field === 'object' && field !== null && 'code' in field)
    return [`failure=${String(field.code)}`];
  if (key === 'retryAt' && typeof field === 'object' && field !== null && 'seconds' in field) {
    return [`retryAt=${new Date(Number(field.seconds) * 1000).toISOString()}`];
  }
  return SHOWN.has(key) ? [`${key}=${String(field)}`] : [];
}

function callLines({ calls }: RoundHistory, runId: string): Line[] {
  return (callsByRun(calls).get(runId) ?? []).flatMap(({ nodeId, attempt, dispatch, startedAtMs, endedAtMs, end }) => {
    const what = `${nodeId}, attempt ${attempt}, dispatch ${dispatch}`;
    const called = { atMs: startedAtMs, text: `agent called for ${what}` };
    return endedAtMs === undefined ? [called] : [called, { atMs: endedAtMs, text: `agent ${end} ${what}` }];
  });
}

function clientLines({ records }: RoundHistory, runId: string): Line[] {
  return records
    .filter(({ runIds }) => runIds.includes(runId))
    .flatMap(({ order, askedAtMs, acknowledgedAtMs, cancelledAtMs, answers, deletion }) => [
      ...at(askedAtMs, `client asks for ${order.id} (${order.graph.id})`),
      ...at(acknowledgedAtMs, 'client is acknowledged'),
      ...at(cancelledAtMs, 'client is told that it is cancelled'),
      ...answers.map(({ questionSeq, value, atMs }) => ({
        atMs,
        text: `client is told that its answer ${value} to question ${questionSeq} is taken`,
      })),
      ...at(deletion?.askedAtMs, 'client asks for its deletion'),
      ...at(deletion?.answeredAtMs, 'client is told that it is deleted'),
    ]);
}

function at(atMs: number | undefined, text: string): Line[] {
  return atMs === undefined ? [] : [{ atMs, text }];
}
