/** What agents start with the tokens of their calls: runs that never end by themselves, and have to be stopped with them. */
import type { Task } from '@skein/contracts/scheduler';
import { describeError } from '@skein/rpc';
import type { SimulatedScheduler } from './simulated-scheduler.ts';
import type { Surroundings } from './surroundings.ts';

/** What the agents start: it waits for a signal that nobody sends. */
export const LINGERING_WORKFLOW = {
  id: 'lingering',
  nodes: [{ id: 'linger', type: 'signal', signal_name: 'never' }],
  edges: [],
} as const;

/** Whom agents ask. */
export interface SimulatedCallsOptions {
  readonly surroundings: Surroundings;
  readonly schedulers: () => readonly SimulatedScheduler[];
  readonly namespaceOf: (runId: string) => string;
}

const PATIENCE_MS = 3000;
const MAX_PAUSE_MS = 500;
const MAX_TRIES = 6;
/** Answers to a start under a request id of its own, with a token as it came, that nothing excuses. */
const WRONG_REASONS = new Set(['RUN_TOKEN_INVALID', 'RUN_ID_TAKEN', 'REQUEST_ID_REUSED', 'RUN_NOT_FOUND']);

/** Starts a run for the attempt of a task, and asks again a few times where it is not answered; the call goes on beside it. */
export async function startLingering(options: SimulatedCallsOptions, { ref, runToken }: Task): Promise<void> {
  const { surroundings, schedulers, namespaceOf } = options;
  const { time, random, trace, violated } = surroundings;
  const { runId = '', nodeId = '', attempt = 0 } = ref ?? {};
  const request = {
    namespace: namespaceOf(runId),
    target: { case: 'workflow' as const, value: { workflowId: LINGERING_WORKFLOW.id } },
    runToken,
    requestId: 'linger',
  };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    await time.sleep(random.integer(1, MAX_PAUSE_MS));
    const living = schedulers();
    if (living.length === 0) continue;
    const answer = random
      .pick(living)
      .runs.startRun(request)
      .then(
        ({ run }) => ({ startedId: run?.runId ?? '' }),
        (error: unknown) => ({ reason: describeError(error).reason }),
      );
    const told = await Promise.race([answer, time.sleep(PATIENCE_MS)]);
    if (told === undefined) continue;
    if ('startedId' in told) {
      trace.note('agent', `of ${runId}/${nodeId}/${attempt} is told of ${told.startedId}`);
      return;
    }
    if (WRONG_REASONS.has(told.reason)) violated(`W15: ${runId}/${nodeId}/${attempt} starts a run: ${told.reason}`);
    if (told.reason === 'RUN_TOKEN_EXPIRED') return;
  }
}
