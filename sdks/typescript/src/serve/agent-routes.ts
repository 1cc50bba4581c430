/**
 * The agent contract over the attempts of one agent.
 *
 * Owns which delivery listens to which attempt. An attempt ends when its last listener leaves: a call that was cancelled,
 * or lost its connection, has nobody who reads the answer.
 */
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import type { Agent } from '../agent/agent.ts';
import type { Attempt } from '../agent/attempt.ts';
import type { AttemptBook } from '../agent/attempt-book.ts';
import type { LogSink } from '../agent/context.ts';
import { perform } from '../agent/perform.ts';
import { AgentService, type InvokeRequest, type InvokeResponse } from '../gen/skein/agent/v1/agent_service_pb.ts';

/** What the routes need. */
export interface AgentRouteParts {
  readonly agent: Agent;
  readonly book: AttemptBook;
  readonly log: LogSink;
}

/** AgentService for one agent. */
export function agentRoutes({ agent, book, log }: AgentRouteParts): (router: ConnectRouter) => void {
  const byTask = new Map<string, Attempt>();
  const listeners = new Map<Attempt, number>();

  async function* invoke(request: InvokeRequest, context: HandlerContext): AsyncGenerator<InvokeResponse> {
    const { attempt, isNew } = book.take(request.idempotencyKey);
    byTask.set(request.taskId, attempt);
    listeners.set(attempt, (listeners.get(attempt) ?? 0) + 1);
    if (isNew) {
      const traceparent = context.requestHeader.get('traceparent') ?? '';
      const say = (step: InvokeResponse): void => attempt.say(step);
      void perform({ agent, request, traceparent, signal: attempt.signal, log, say });
    }
    try {
      yield* stepsOf(attempt, context.signal);
    } finally {
      if (byTask.get(request.taskId) === attempt) byTask.delete(request.taskId);
      const others = (listeners.get(attempt) ?? 1) - 1;
      if (others > 0) listeners.set(attempt, others);
      else {
        listeners.delete(attempt);
        attempt.abort('nobody waits for the answer');
      }
    }
  }

  return (router) => {
    router.service(AgentService, {
      getCard: () => ({ card: agent.card }),
      invoke,
      cancel({ taskId, reason }) {
        byTask.get(taskId)?.abort(reason || 'cancelled');
        return {};
      },
    });
  };
}

/** Every step of an attempt, to its end. Throws CANCELLED where the attempt or the call is. */
async function* stepsOf(attempt: Attempt, call: AbortSignal): AsyncGenerator<InvokeResponse> {
  let wake = (): void => {};
  using _listening = attempt.listen(() => wake());
  const onAbort = (): void => wake();
  call.addEventListener('abort', onAbort, { once: true });
  try {
    for (let seq = 0; ;) {
      for (let step = attempt.steps[seq]; step !== undefined; step = attempt.steps[seq]) {
        seq += 1;
        yield step;
      }
      if (attempt.hasAnswered) return;
      if (attempt.isOver || call.aborted) throw new ConnectError('the task was cancelled', Code.Canceled);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    call.removeEventListener('abort', onAbort);
  }
}
