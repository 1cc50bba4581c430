import type { Client } from '@connectrpc/connect';
import type { Run, RunService } from '@skein/contracts/scheduler';
import { v7 as uuidv7 } from 'uuid';
import type { IngressPush } from './ingress-push.ts';

/** Runs whose starts are watched: one with a session is pushed from its first event, not from the answer on. */
export function pushingRuns(runs: Client<typeof RunService>, ingress: IngressPush): Client<typeof RunService> {
  return {
    ...runs,
    async startRun(request, options) {
      const { sessionId = '', namespace = '' } = request;
      if (sessionId === '') return runs.startRun(request, options);
      const runId = request.runId || uuidv7();
      const push = ingress.follow({ namespace, runId, sessionId });
      try {
        const response = await runs.startRun({ ...request, runId }, options);
        // Whoever started the earlier run pushes it.
        if (!response.created) push[Symbol.dispose]();
        return response;
      } catch (error) {
        if (!options?.signal?.aborted) push[Symbol.dispose]();
        throw error;
      }
    },
    signalRun: async (request, options) => followed(await runs.signalRun(request, options), ingress),
    forkRun: async (request, options) => followed(await runs.forkRun(request, options), ingress),
    retryRun: async (request, options) => followed(await runs.retryRun(request, options), ingress),
  };
}

interface Started {
  readonly run?: Run | undefined;
  readonly created: boolean;
}

/** The run got its id, or its session, where it was started: what it has done since is caught up with. */
function followed<T extends Started>(response: T, ingress: IngressPush): T {
  const { run, created } = response;
  if (!created || run === undefined || run.sessionId === '') return response;
  const { namespace, runId, sessionId } = run;
  ingress.follow({ namespace, runId, sessionId });
  return response;
}
