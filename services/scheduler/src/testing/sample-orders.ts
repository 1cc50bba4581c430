import { compileWorkflow, Payload, type DispatchKey, type TimeoutsDefinition } from '@skein/domain';
import type { ExecutorChannel } from '../app/dispatcher.ts';
import type { TaskOrder } from '../app/task-order.ts';

/** A task of a run with one agent node, `work`. */
export function sampleOrder(
  runId: string,
  { attempt = 1, dispatch = 1, timeouts = {} }: Partial<DispatchKey> & { timeouts?: TimeoutsDefinition } = {},
): TaskOrder {
  const plan = compileWorkflow({
    id: 'one',
    nodes: [{ id: 'work', type: 'agent', agent_id: 'worker', timeouts }],
    edges: [],
  });
  const node = plan.nodes.get('work');
  if (node === undefined) throw new RangeError('the plan has no node `work`');
  return {
    runId,
    namespace: 'default',
    workflowId: 'one',
    key: { nodeId: 'work', attempt, dispatch },
    node,
    input: Payload.fromValue(null),
    sessionId: '',
    traceparent: '',
    resumeDetails: undefined,
    answer: undefined,
    turn: { priority: 3, fairnessKey: '', weight: 1 },
    callLimit: undefined,
    isHeldBack: false,
  };
}

/** Remembers what an executor would be told. */
export class RecordingChannel implements ExecutorChannel {
  readonly sent: TaskOrder[] = [];
  readonly cancelled: { readonly runId: string; readonly dispatch: number; readonly reason: string }[] = [];
  readonly claimed: { readonly runId: string; readonly dispatch: number }[] = [];
  /** Times that it was asked what it has in hand. */
  asked = 0;

  /** Runs whose tasks were sent, in order. */
  get runIds(): readonly string[] {
    return this.sent.map(({ runId }) => runId);
  }

  sendTask(order: TaskOrder): void {
    this.sent.push(order);
  }

  sendCancellation(runId: string, { dispatch }: DispatchKey, reason: string): void {
    this.cancelled.push({ runId, dispatch, reason });
  }

  sendClaim(runId: string, { dispatch }: DispatchKey): void {
    this.claimed.push({ runId, dispatch });
  }

  sendAnnouncementRequest(): void {
    this.asked += 1;
  }
}
