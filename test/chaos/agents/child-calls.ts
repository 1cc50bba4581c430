/** What an agent does with the token of its call: it starts runs that are children of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Script } from './script.ts';

/** The label that says which of the calls of a node a child run is. */
export const CALL_LABEL = 'call';
/** The workflow that helps: a number goes in, and one comes out. */
const HELPER = 'sequence';
/** The workflow that never ends by itself. */
export const LINGERING = 'lingering';

/** How long the platform is asked to wait for an end. */
const WAIT = '3s';
/** Longest wait for that answer. */
const ANSWER_MS = 8000;
const PAUSE_MS = 200;
/** RUN_TOKEN_EXPIRED: the attempt is over, and nobody waits for its answer. */
const OVER = 409;
const ENDED: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED', 'TERMINATED']);

/** Child runs of one attempt. */
export interface ChildCalls {
  /**
   * Starts what a script says, and waits for those that help; answers the number that the work has come to with them. When
   * the attempt is over it is not answered, but waits for the signal, and then rejects.
   */
  work(value: number, script: Script, signal: AbortSignal): Promise<number>;
}

interface ChildRun {
  readonly state: string;
  readonly output?: { readonly value: number };
}

/** Starts go over REST, each under a request id of its own: another delivery, and another attempt, find the same run. */
export function childCalls(apiUrl: string, namespace: string, runToken: string): ChildCalls {
  const start = async (workflowId: string, call: string, body: object, signal: AbortSignal): Promise<ChildRun> => {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-run-token': runToken, 'idempotency-key': call },
      body: JSON.stringify({ ...body, labels: { [CALL_LABEL]: call } }),
    };
    const url = `${apiUrl}/api/v1/workflows/${workflowId}/run?namespace=${namespace}`;
    for (;;) {
      const timed = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
      const answer = await answerTo(url, { ...request, signal: timed });
      const isOver = answer?.status === OVER || ENDED.has(answer?.run?.state ?? '');
      if (isOver) await untilAborted(signal);
      if (answer?.run !== undefined) return answer.run;
      await delay(PAUSE_MS, undefined, { signal });
    }
  };
  return {
    async work(value, { helpers = 0, lingering = 0 }, signal) {
      for (let index = 0; index < lingering; index += 1) {
        await start(LINGERING, `linger-${index}`, { input: {} }, signal);
      }
      let reached = value;
      for (let index = 0; index < helpers; index += 1) {
        const body = { input: { value: reached, ms: 100 }, wait: WAIT };
        let run: ChildRun;
        do run = await start(HELPER, `help-${index}`, body, signal);
        while (run.state !== 'DONE');
        reached = run.output?.value ?? Number.NaN;
      }
      return reached;
    },
  };
}

interface ApiAnswer {
  readonly status: number;
  /** Undefined: it says no. */
  readonly run: ChildRun | undefined;
}

/** Undefined: there is none. */
async function answerTo(url: string, request: RequestInit): Promise<ApiAnswer | undefined> {
  try {
    const response = await fetch(url, request);
    const body = await response.json();
    return { status: response.status, run: response.ok ? (body as ChildRun) : undefined };
  } catch {
    return undefined;
  }
}

/** Never resolves. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
