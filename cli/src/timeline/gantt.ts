import { stripVTControlCharacters } from 'node:util';
import { NodeActivity, type NodeSpan, type NodeTimeline, type RunTimeline } from '@skein/contracts/eventlog';
import type { Palette } from '../output/palette.ts';
import { instantMs, spanText } from '../output/time.ts';
import { clip } from '../output/value-text.ts';

/** How a time line is drawn. */
export interface GanttOptions {
  /** Of the whole drawing. */
  readonly columns: number;
  readonly nowMs: number;
  readonly paint: Palette;
}

const MARKS: Readonly<Record<NodeActivity, string>> = {
  [NodeActivity.UNSPECIFIED]: '?',
  [NodeActivity.QUEUED]: '·',
  [NodeActivity.RUNNING]: '█',
  [NodeActivity.BACKOFF]: '░',
  [NodeActivity.WAITING]: '~',
  [NodeActivity.CHILDREN]: '▒',
};

export const LEGEND =
  '· waits for an executor  █ works  ░ waits for its next attempt  ~ waits  ▒ child runs work  | at once';

const NARROWEST_BAR = 20;
const MAX_NAME_CHARS = 32;

/** The time line as text: one line a node, each as long as it took. */
export function ganttLines(timeline: RunTimeline, { columns, nowMs, paint }: GanttOptions): string[] {
  const { runId, workflowId, outcome, nodes } = timeline;
  const fromMs = instantMs(timeline.startedAt) ?? nowMs;
  const toMs = instantMs(timeline.endedAt) ?? Math.max(nowMs, fromMs);
  const head = `${workflowId} ${runId}  ${outcome === '' ? 'open' : outcome}  ${spanText(toMs - fromMs)}`;
  const names = nodes.map(({ nodeId }) => clip(nodeId, MAX_NAME_CHARS));
  const told = nodes.map((node) => saidOf(node, nowMs, paint));
  const nameWidth = longest(names);
  const barWidth = Math.max(NARROWEST_BAR, columns - nameWidth - longest(told) - 4);
  const scale = { fromMs, toMs, nowMs, width: barWidth };
  return [
    head,
    ...nodes.map((node, index) =>
      `${(names[index] ?? '').padEnd(nameWidth)}  ${barOf(node, scale).padEnd(barWidth)}  ${told[index]}`.trimEnd(),
    ),
  ];
}

interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly width: number;
}

/** Every span has at least one mark, so that what was short is seen as well; the longer one wins a place. */
function barOf({ spans, firstAt }: NodeTimeline, scale: Scale): string {
  const marks: string[] = Array.from({ length: scale.width }, () => ' ');
  if (spans.length === 0) marks[placeOf(instantMs(firstAt) ?? scale.fromMs, scale)] = '|';
  for (const { activity, from, to } of spans.toSorted((a, b) => lengthOf(a, scale.nowMs) - lengthOf(b, scale.nowMs))) {
    const first = placeOf(instantMs(from) ?? scale.fromMs, scale);
    const last = placeOf(instantMs(to) ?? scale.nowMs, scale);
    for (let place = first; place < Math.max(last, first + 1); place += 1) marks[place] = MARKS[activity] ?? '?';
  }
  return marks.join('').trimEnd();
}

function placeOf(ms: number, { fromMs, toMs, width }: Scale): number {
  const share = toMs === fromMs ? 0 : (ms - fromMs) / (toMs - fromMs);
  return Math.min(width - 1, Math.max(0, Math.floor(share * width)));
}

function lengthOf({ from, to }: NodeSpan, nowMs: number): number {
  return (instantMs(to) ?? nowMs) - (instantMs(from) ?? nowMs);
}

function saidOf(node: NodeTimeline, nowMs: number, { good, bad, busy, faint }: Palette): string {
  const { firstAt, endedAt, outcome, attempts, spans } = node;
  const tookMs = (instantMs(endedAt) ?? nowMs) - (instantMs(firstAt) ?? nowMs);
  const again = attempts > 1 ? `, ${attempts} attempts` : '';
  const code =
    outcome === 'failed' ? (spans.findLast(({ failure }) => failure !== undefined)?.failure?.code ?? '') : '';
  const paintOf = { succeeded: good, failed: bad, '': busy }[outcome] ?? faint;
  return `${spanText(tookMs).padStart(8)}  ${paintOf(outcome === '' ? 'open' : outcome)}${again}${code && ` ${code}`}`;
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => stripVTControlCharacters(text).length));
}
