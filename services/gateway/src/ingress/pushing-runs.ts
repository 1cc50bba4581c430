import type { Client } from '@connectrpc/connect';
import type { RunService } from '@skein/contracts/scheduler';
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
  };
}
