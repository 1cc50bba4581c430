/** Whether a recovery kept the promises, by what the runs, their histories and the agents say. */
import type { AgentCall } from '../agent/call-journal.ts';
import type { EventView, RunView } from '../platform/api.ts';
import type { Stage } from './stage.ts';

/** A run as it came back, with its steps' successes. */
export interface RecoveredRun {
  readonly runId: string;
  /** Undefined: nobody knows it any more. */
  readonly run: RunView | undefined;
  readonly succeeded: readonly EventView[];
}

/** What was found. */
export interface Verdict {
  readonly done: number;
  readonly errors: readonly string[];
  /** Steps for which an agent was called more than once: those under way when the processes died. */
  readonly calledAgain: number;
  /** Of these, steps that the agent had answered before the kill: the answer died on its way. */
  readonly answeredAndCalledAgain: number;
}

/** A call that was under way when its step's success was committed came before it. */
const TOLERANCE_MS = 100;

/** What the check needs to know. */
export interface RecoveryFacts {
  readonly stage: Stage;
  readonly runIds: readonly string[];
  readonly runs: readonly PromiseSettledResult<RunView>[];
  /** By this process' clock, which is the agents' too. */
  readonly killedAtMs: number;
}

/** Collects the histories and judges. */
export async function checkRecovery({ stage, runIds, runs, killedAtMs }: RecoveryFacts): Promise<Verdict> {
  const recovered: RecoveredRun[] = [];
  for (const [index, runId] of runIds.entries()) {
    const answer = runs[index];
    const run = answer?.status === 'fulfilled' ? answer.value : undefined;
    recovered.push({ runId, run, succeeded: run ? await stage.api.eventsOf(runId, 'node_succeeded') : [] });
  }
  return judge(recovered, await stage.agents.calls(), killedAtMs);
}

/** Every run done with its right output, every step called, and none called again after its success was committed. */
export function judge(runs: readonly RecoveredRun[], calls: readonly AgentCall[], killedAtMs: number): Verdict {
  const callsOfStep = Map.groupBy(calls, ({ key }) => key.slice(0, key.lastIndexOf('/')));
  const errors: string[] = [];
  let done = 0;
  let calledAgain = 0;
  let answeredAndCalledAgain = 0;
  for (const { runId, run, succeeded } of runs) {
    if (run?.state === 'DONE' && /^ok:ok:ok:w5-\d+$/.test(String(run.output))) done += 1;
    else errors.push(`run ${runId} is ${run?.state ?? 'lost'}, with output ${JSON.stringify(run?.output)}`);
    for (const { occurred_at: at, payload } of succeeded) {
      const step = `${runId}/${payload.node_id}`;
      const made = callsOfStep.get(step) ?? [];
      if (made.length === 0) errors.push(`${step} succeeded and was never called`);
      const late = made.slice(1).filter(({ calledAtMs }) => calledAtMs > Date.parse(at) + TOLERANCE_MS);
      if (late.length > 0) errors.push(`${step} was called again after its success was committed`);
      if (made.length > 1) calledAgain += 1;
      if (made.length > 1 && (made[0]?.answeredAtMs ?? killedAtMs) < killedAtMs) answeredAndCalledAgain += 1;
    }
  }
  return { done, errors, calledAgain, answeredAndCalledAgain };
}
