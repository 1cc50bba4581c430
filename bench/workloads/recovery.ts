/**
 * W5: processes of the platform are killed in the middle of runs, and started again. How long until all runs are done,
 * and was every promise kept?
 */
import { SLOW_MS } from '../agent/slow.ts';
import { httpClient } from '../load/http-client.ts';
import { rounded } from '../load/statistics.ts';
import type { Mode } from '../platform/platform.ts';
import type { Figures } from '../report/cell.ts';
import { checkRecovery } from './recovery-check.ts';
import { sequence } from './graphs.ts';
import type { Stage } from './stage.ts';
import { THROUGHPUT, warmUp } from './throughput.ts';

/** Which processes are killed. */
export interface RecoveryScenario {
  readonly scenario: string;
  readonly isHit: (part: string) => boolean;
}

const EVERYTHING: RecoveryScenario = { scenario: 'all killed', isHit: () => true };
const EXECUTORS: RecoveryScenario = { scenario: 'executor killed', isHit: (part) => part.startsWith('executor') };

/** What can be killed apart from the rest depends on the mode. */
export const RECOVERY_SCENARIOS: Readonly<Record<Mode, readonly RecoveryScenario[]>> = {
  embedded: [EVERYTHING],
  distributed: [EXECUTORS, EVERYTHING],
};

/** Runs in flight, their steps, and calls of agents after which the kill comes: half of the runs are at their second. */
export const RECOVERY = { runs: 200, steps: 3, callsBeforeKill: 300 };

/** From the last start to the calls after which the kill comes. */
const CALLS_LIMIT_MS = 120_000;
const W5 = sequence('bench-w5', RECOVERY.steps, 'slow');

/** Warms the platform up. */
export async function warmUpRecovery(stage: Stage): Promise<void> {
  await warmUp(stage, THROUGHPUT.w1);
  await stage.api.applyWorkflow(W5);
}

/** The platform of the stage is not as good as new afterwards. */
export async function measureRecovery(stage: Stage, { isHit }: RecoveryScenario): Promise<Figures> {
  const { platform, agents, api } = stage;
  await agents.reset();
  const runIds = await startRuns(platform.apiUrl);
  await agents.called(RECOVERY.callsBeforeKill, CALLS_LIMIT_MS);
  const killedAtMs = Date.now();
  await platform.crash(isHit);
  const goneMs = performance.now();
  await platform.restart();
  const upMs = performance.now();
  const runs = await Promise.allSettled(runIds.map((runId) => api.awaitRun(runId, '120s')));
  const endedMs = performance.now();
  const verdict = await checkRecovery({ stage, runIds, runs, killedAtMs });
  return {
    runs: verdict.done,
    errors: verdict.errors.length,
    ...(verdict.errors.length > 0 ? { first_errors: verdict.errors.slice(0, 3) } : {}),
    runs_per_s: null,
    p50_ms: null,
    p99_ms: null,
    cpu_s_per_1000_runs: null,
    peak_pss_mb: null,
    agent_ms: SLOW_MS,
    up_s: rounded((upMs - goneMs) / 1000, 3),
    all_done_s: rounded((endedMs - goneMs) / 1000, 3),
    steps_called_again: verdict.calledAgain,
    answered_before_and_called_again: verdict.answeredAndCalledAgain,
  };
}

async function startRuns(apiUrl: string): Promise<string[]> {
  await using client = httpClient(apiUrl, RECOVERY.runs);
  const starts = Array.from({ length: RECOVERY.runs }, async (_, index) => {
    const { status, text } = await client.post(`/api/v1/workflows/${W5.id}/run`, `{"input":"w5-${index}"}`);
    if (status !== 202) throw new Error(`a start was answered ${status} ${text}`);
    return (JSON.parse(text) as { readonly run_id: string }).run_id;
  });
  // Awaited here: the client goes with this function.
  return await Promise.all(starts);
}
