/** What people watching a run are told: one line for each change of the run's or a node's state. */
import type { RunEvent } from '@skein/contracts/event';
import type { Failure } from '@skein/contracts/type';
import { clip } from '../output/value-text.ts';
import { instantMs, spanText } from '../output/time.ts';

/** A change of state, in words. */
export interface ProgressLine {
  /** The node; empty: the run itself. */
  readonly nodeId: string;
  /** As the states are named everywhere: `RUNNING`, `SUCCEEDED`, … */
  readonly state: string;
  readonly detail: string;
}

const DETAIL_CHARS = 120;

/**
 * Turns the events of one run into lines. Remembers which attempts it has announced, for streamed text may come before
 * the event that says who is called, and how long the last call of each node took.
 */
export class NodeProgress {
  readonly #announced = new Map<string, number>();
  readonly #latencyMs = new Map<string, number>();
  /** Where the success of a node is from, when no call says so. */
  readonly #origins = new Map<string, string>();

  /** The line for the first sign of life of an attempt; undefined for any later one. */
  alive(nodeId: string, attempt: number): ProgressLine | undefined {
    return this.#running(nodeId, attempt, '');
  }

  /** The line for an event; undefined where it changes no state that people watch. */
  lineFor({ event }: RunEvent): ProgressLine | undefined {
    switch (event.case) {
      case 'runStarted':
        return {
          nodeId: '',
          state: event.value.flow && event.value.flow.limits.length > 0 ? 'CREATED' : 'RUNNING',
          detail: versionText(event.value.workflowId, event.value.workflowVersion),
        };
      case 'agentInvokeStarted': {
        const { nodeId, agentId, attempt } = event.value;
        return this.#running(nodeId, attempt, agentId);
      }
      case 'llmCallStarted': {
        const { nodeId, model, attempt } = event.value;
        return this.#running(nodeId, attempt, model);
      }
      case 'rpcCallStarted': {
        const { nodeId, serviceId, method, attempt } = event.value;
        return this.#running(nodeId, attempt, `${serviceId} ${method}`);
      }
      case 'toolCallCreated': {
        const { nodeId, toolId, attempt } = event.value;
        return this.#running(nodeId, attempt, toolId);
      }
      case 'agentInvokeDone':
      case 'llmCallDone':
      case 'rpcCallDone':
      case 'toolCallDone': {
        const { nodeId, latency } = event.value;
        if (latency) this.#latencyMs.set(nodeId, Number(latency.seconds) * 1000 + latency.nanos / 1e6);
        return undefined;
      }
      case 'nodeSucceeded':
        return { nodeId: event.value.nodeId, state: 'SUCCEEDED', detail: this.#wayOn(event.value) };
      case 'nodeRetryScheduled':
        return { nodeId: event.value.nodeId, state: 'READY', detail: `again: ${failureText(event.value.failure)}` };
      case 'nodeFailed':
        return { nodeId: event.value.nodeId, state: 'FAILED', detail: failureText(event.value.failure) };
      case 'nodeSkipped':
        return { nodeId: event.value.nodeId, state: 'SKIPPED', detail: failureText(event.value.failure) };
      case 'taskDispatchLost':
        return { nodeId: event.value.nodeId, state: 'READY', detail: 'again: whoever worked on it was lost' };
      case 'runAdmitted':
        return { nodeId: '', state: 'RUNNING', detail: 'has its slots' };
      case 'runDone':
        return { nodeId: '', state: 'DONE', detail: '' };
      case 'runFailed':
        return { nodeId: '', state: 'FAILED', detail: failureText(event.value.failure) };
      case 'runCancelled':
        return { nodeId: '', state: 'CANCELLED', detail: event.value.reason };
      case 'runTerminated':
        return { nodeId: '', state: 'TERMINATED', detail: event.value.reason };
      case 'runFailing':
        return { nodeId: '', state: 'FAILING', detail: failureText(event.value.failure) };
      case 'runCancelling':
        return { nodeId: '', state: 'CANCELLING', detail: event.value.reason };
      case 'runPaused':
        return { nodeId: event.value.nodeId, state: 'PAUSED', detail: event.value.reason };
      case 'runResumed':
        return { nodeId: event.value.nodeId, state: 'RUNNING', detail: 'goes on' };
      case 'nodeCancelled':
        return { nodeId: event.value.nodeId, state: 'CANCELLED', detail: event.value.reason };
      case 'childRunsStarted':
      case 'waitStarted':
      case 'signalAwaited':
      case 'approvalRequired':
      case 'approvalEscalated':
      case 'inputRequired':
        return waitingLine(event);
      case 'inputProvided': {
        const { nodeId, providedBy } = event.value;
        return { nodeId, state: 'RUNNING', detail: providedBy === '' ? 'answered' : `answered by ${providedBy}` };
      }
      case 'userInput':
      case 'nodeScheduled':
      case 'childRunEnded':
      case 'signalReceived':
      case 'taskHeartbeat':
      case 'resultReused':
      case 'approvalDecided':
      case undefined:
        this.#note(event);
        return undefined;
    }
  }

  #running(nodeId: string, attempt: number, target: string): ProgressLine | undefined {
    if ((this.#announced.get(nodeId) ?? 0) >= attempt) return undefined;
    this.#announced.set(nodeId, attempt);
    const again = attempt > 1 ? `attempt ${attempt}` : '';
    return { nodeId, state: 'RUNNING', detail: [target, again].filter(Boolean).join(', ') };
  }

  #wayOn({ nodeId, nextNodeIds }: { readonly nodeId: string; readonly nextNodeIds: readonly string[] }): string {
    const latencyMs = this.#latencyMs.get(nodeId);
    const origin = this.#origins.get(nodeId);
    const next = nextNodeIds.length === 0 ? [] : [`→ ${nextNodeIds.join(', ')}`];
    const from = latencyMs === undefined ? [] : [spanText(latencyMs)];
    return [...(origin === undefined ? from : [origin]), ...next].join('  ');
  }

  #note(event: RunEvent['event']): void {
    if (event.case === 'resultReused') this.#origins.set(event.value.nodeId, 'taken over');
    if (event.case !== 'approvalDecided') return;
    const { nodeId, approved, decidedBy } = event.value;
    const by = decidedBy === '' ? 'by silence' : `by ${decidedBy}`;
    this.#origins.set(nodeId, `${approved ? 'approved' : 'rejected'} ${by}`);
  }
}

type Waiting = Extract<
  RunEvent['event'],
  {
    case:
      | 'childRunsStarted'
      | 'waitStarted'
      | 'signalAwaited'
      | 'approvalRequired'
      | 'approvalEscalated'
      | 'inputRequired';
  }
>;

function waitingLine(event: Waiting): ProgressLine | undefined {
  const { nodeId } = event.value;
  switch (event.case) {
    case 'childRunsStarted': {
      const { firstIndex, total, sequential, childRunIds } = event.value;
      // A map says once how many there are; a loop says each time which one it is.
      if (!sequential && firstIndex > 0) return undefined;
      const detail = sequential ? `child run ${childRunIds[0] ?? ''}` : `${total} child runs`;
      return { nodeId, state: 'WAITING', detail };
    }
    case 'waitStarted':
      return { nodeId, state: 'WAITING', detail: untilText(event.value.dueAt) };
    case 'signalAwaited':
      return { nodeId, state: 'WAITING', detail: signalText(event.value) };
    case 'approvalRequired': {
      const { approvers, expiresAt } = event.value;
      const who = approvers.length === 0 ? 'somebody' : approvers.join(', ');
      return { nodeId, state: 'WAITING', detail: `for ${who} to decide, ${untilText(expiresAt)}` };
    }
    case 'inputRequired':
      return {
        nodeId,
        state: 'WAITING',
        detail: clip(`for an answer: ${event.value.question?.message ?? ''}`, DETAIL_CHARS),
      };
    case 'approvalEscalated':
      return { nodeId, state: 'WAITING', detail: 'nobody has decided yet; more people are asked' };
  }
}

function signalText({ name, dueAt }: Extract<Waiting, { case: 'signalAwaited' }>['value']): string {
  return dueAt === undefined ? `for the signal ${name}` : `for the signal ${name}, ${untilText(dueAt)}`;
}

/** When a wait ends: `until 2026-11-05T09:35:00Z`. */
function untilText(dueAt: RunEvent['occurredAt']): string {
  return `until ${new Date(instantMs(dueAt) ?? 0).toISOString().replace(/\.\d+/, '')}`;
}

/** A failure on one line. */
export function failureText(failure: Failure | undefined): string {
  if (!failure) return '';
  return clip(`${failure.code}: ${failure.message}`, DETAIL_CHARS);
}

function versionText(workflowId: string, version: number): string {
  return version === 0 ? workflowId : `${workflowId} version ${version}`;
}
