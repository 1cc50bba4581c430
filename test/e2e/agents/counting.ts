import { setTimeout as delay } from 'node:timers/promises';
import { sendOutput, startHttpAgent, type HttpAgent } from './http-agent.ts';

/** An agent that remembers who asked what, over every crash of the platform. */
export interface CountingAgent extends HttpAgent {
  /** Idempotency keys of the calls of each node of each run, in order, under `RUN/NODE`. */
  readonly keysByNode: ReadonlyMap<string, readonly string[]>;
  /** Resolves when so many calls have come in. */
  called(times: number): Promise<void>;
}

/** Time that a piece of work takes, so that some is always under way. */
const WORK_MS = 5;

/** Answers `POST /process` with one more than its input, and counts. */
export async function startCountingAgent(): Promise<CountingAgent> {
  const keysByNode = new Map<string, string[]>();
  const waiters: { readonly times: number; readonly resolve: () => void }[] = [];
  const agent = await startHttpAgent((response, { idempotencyKey, body }) => {
    const node = idempotencyKey.slice(0, idempotencyKey.lastIndexOf('/'));
    keysByNode.set(node, [...(keysByNode.get(node) ?? []), idempotencyKey]);
    for (const { times, resolve } of waiters) if (agent.calls.length >= times) resolve();
    const { context } = body['input'] as { context: { input: { n: number } } };
    void delay(WORK_MS).then(() => sendOutput(response, { n: context.input.n + 1 }));
  });
  return Object.assign(agent, {
    keysByNode,
    async called(times: number): Promise<void> {
      if (agent.calls.length >= times) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.push({ times, resolve });
      await promise;
    },
  });
}
