import { setTimeout as delay } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Run } from '@skein/contracts/scheduler';
import { Backoff } from '@skein/lifecycle';
import type { Api } from '../api/api.ts';
import { durationOfMs } from '../api/wire-values.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { spanText } from '../output/time.ts';
import { hasEnded } from './run-view.ts';

const LONGEST_WAIT_MS = 60_000;
const MAX_FAILED_WAITS = 8;

/**
 * Waits until a run has ended. A platform that is away for a moment is waited for too.
 * Throws TIMEOUT when it takes longer than `timeoutMs`; the run goes on.
 */
export async function awaitEnd(api: Api, runId: string, timeoutMs = Infinity): Promise<Run> {
  const deadline = performance.now() + timeoutMs;
  const backoff = new Backoff({ initialMs: 100, maxMs: 2_000 });
  for (;;) {
    const leftMs = Math.min(LONGEST_WAIT_MS, deadline - performance.now());
    if (leftMs <= 0) throw timedOut(runId, timeoutMs);
    try {
      const timeout = durationOfMs(leftMs);
      const { run } = await api.runs.awaitRun({ namespace: api.namespace, runId, timeout });
      if (run && hasEnded(run)) return run;
      backoff.reset();
    } catch (error) {
      const isAway = ConnectError.from(error).code === Code.Unavailable;
      if (!isAway || backoff.attempt >= MAX_FAILED_WAITS) throw error;
      await delay(backoff.nextMs());
    }
  }
}

function timedOut(runId: string, timeoutMs: number): CliError {
  return new CliError({
    reason: 'TIMEOUT',
    message: `run ${runId} has not ended within ${spanText(timeoutMs)}; it goes on`,
    place: `runs.${runId}`,
    remedy: `\`skein runs watch ${runId}\` follows it, \`skein runs cancel ${runId}\` ends it`,
    exitCode: EXIT.timedOut,
  });
}
