import { RunSchema, RunState, type Run } from '@skein/contracts/scheduler';
import { jsonOfValue } from '../api/wire-values.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { plainJson } from '../output/plain-json.ts';
import { instantMs, spanText } from '../output/time.ts';
import { valueText } from '../output/value-text.ts';
import { runStateWord } from './run-view.ts';

/** Prints what an ended run came to: its output for people, the whole run for scripts. The exit code says how it ended. */
export function showEndedRun(run: Run, output: Output): ExitCode {
  output.document(plainJson(RunSchema, run));
  if (run.state === RunState.DONE) {
    output.line(valueText(jsonOfValue(run.output)));
    return EXIT.ok;
  }
  for (const line of failureLines(run)) output.error(line);
  return EXIT.unsuccessful;
}

/** Why a run did not end well, in lines. */
export function failureLines(run: Run): string[] {
  const { failure, failedNodeId } = run;
  const at = failedNodeId === '' ? '' : ` at node ${failedNodeId}`;
  const head = `run ${run.runId} ended in state ${runStateWord(run.state)}${at}`;
  if (!failure) return [head];
  const { code, message, place, remedy } = failure;
  return [
    head,
    `  ${code}: ${message}`,
    ...(place === '' || place === failedNodeId ? [] : [`  where: ${place}`]),
    ...(remedy === '' ? [] : [`  what to do: ${remedy}`]),
  ];
}

/** How long a run took, or has been open. */
export function runSpanText(run: Run, nowMs: number): string {
  const startMs = instantMs(run.createdAt);
  return startMs === undefined ? '-' : spanText(Math.max(0, (instantMs(run.endedAt) ?? nowMs) - startMs));
}
