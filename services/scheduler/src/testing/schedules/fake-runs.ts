import type { FireStart, ScheduledRuns } from '../../app/schedules/scheduled-runs.ts';
import type { StartOutcome } from '../../domain/schedule/settle.ts';

/** Runs without a scheduler: by id, so that the same one is started once. */
export class FakeRuns implements ScheduledRuns {
  /** Every call to start one, in order; the same one may be there twice. */
  readonly starts: FireStart[] = [];
  readonly open = new Set<string>();
  readonly ended = new Set<string>();
  /** What was done to end runs. */
  readonly endings: string[] = [];
  /** What becomes of the next starts; default: they succeed. */
  outcome: StartOutcome = { kind: 'started' };
  /** Awaited before every start. */
  gate: Promise<void> | undefined;
  /** Called before every start. */
  beforeStart: (() => void) | undefined;

  async start(start: FireStart): Promise<StartOutcome> {
    await this.gate;
    this.beforeStart?.();
    this.starts.push(start);
    if (this.outcome.kind === 'started' && !this.ended.has(start.fire.runId)) this.open.add(start.fire.runId);
    return this.outcome;
  }

  async end(_key: unknown, runId: string, endsBy: string): Promise<void> {
    this.endings.push(`${endsBy} ${runId}`);
    this.finish(runId);
  }

  async closedAmong(runIds: readonly string[]): Promise<readonly string[]> {
    return runIds.filter((runId) => this.ended.has(runId));
  }

  /** Ends a run; without an id all of them. */
  finish(runId?: string): void {
    for (const it of runId === undefined ? this.open : [runId]) {
      this.open.delete(it);
      this.ended.add(it);
    }
  }
}
