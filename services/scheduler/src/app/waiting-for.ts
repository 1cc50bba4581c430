import { findPlanNode, isFinal, isTerminal, type NodeRun, type Wait } from '@skein/domain';
import type { Dispatcher } from './dispatcher.ts';
import type { FoundRun } from './find-run.ts';
import { waitsForCallSlot, waitsForLimits } from './limits/waits-for-slot.ts';

/** What an open run waits for, and what would help. Empty: nothing. */
export function runWaitsFor(found: FoundRun, dispatcher: Dispatcher | undefined): string {
  const { state, setAside, heldUp } = found;
  if (isTerminal(state.status)) return '';
  if (setAside !== undefined) return `${setAside}; correct the cause and restart the scheduler, or cancel the run`;
  if (heldUp !== undefined) return `${heldUp}; it is tried again`;
  if (state.status === 'CREATED') return waitsForLimits(state.flow?.limits ?? []);
  if (state.pause !== undefined) {
    return `somebody to let it go on: \`skein runs resume ${state.runId}\`; ${state.pause.reason || 'no reason was given'}`;
  }
  return [...state.nodes.open.values()]
    .map((node) => ({ node, reason: nodeWaitsFor(found, node, dispatcher) }))
    .filter(({ reason }) => reason !== '')
    .map(({ node, reason }) => `${node.id}: ${reason}`)
    .join('; ');
}

/** What a node waits for. Empty: nothing. */
export function nodeWaitsFor({ state, plan }: FoundRun, node: NodeRun, dispatcher: Dispatcher | undefined): string {
  if (isFinal(node) || isTerminal(state.status)) return '';
  if (state.pausedNodes.has(node.id) && node.status !== 'RUNNING') {
    return `somebody to let it go on: \`skein runs resume ${state.runId} --node ${node.id}\``;
  }
  if (node.wait !== undefined) return waitsFor(state.runId, node.id, node.wait);
  if (node.children !== undefined) return childrenOf(node.children, state.runId);
  if (node.retryAtMs !== undefined) {
    return `attempt ${node.attempt + 1} at ${new Date(node.retryAtMs).toISOString()}, after ${node.failure?.code ?? 'a failure'}`;
  }
  if (dispatcher === undefined)
    return 'the scheduler that owns the run, which does not answer; another takes over soon';
  const where = dispatcher.placeOf(state.runId, node.id);
  if (where?.place === 'held') return where.waitsFor || `the answer of ${where.executorId}`;
  const work = findPlanNode(plan, node.id)?.work;
  if (where?.place === 'limited' && work?.kind === 'agent') return waitsForCallSlot(work.agentId);
  if (where?.place === 'unannounced') return 'executors to say whether they still work on it';
  const { executors, credits } = dispatcher.counts;
  if (executors === 0) return 'an executor to connect; start one, or see `skein doctor`';
  return credits > 0 ? 'its turn' : 'a free executor; all are busy, add one or raise SKEIN_EXECUTOR_CONCURRENCY';
}

function waitsFor(runId: string, nodeId: string, wait: Wait): string {
  switch (wait.kind) {
    case 'time':
      return new Date(wait.dueAtMs).toISOString();
    case 'signal': {
      const until = wait.dueAtMs === undefined ? '' : ` until ${new Date(wait.dueAtMs).toISOString()}`;
      return `the signal ${wait.name}${until}: \`skein runs signal ${runId} ${wait.name}\``;
    }
    case 'input': {
      const what = wait.question.kind === 'auth' ? 'authorisation' : 'an answer';
      return `${what}: ${wait.question.message}: \`skein runs answer ${runId} VALUE --node ${nodeId}\``;
    }
    case 'approval': {
      const who = wait.approvers.length === 0 ? 'somebody' : wait.approvers.join(', ');
      const until = new Date(wait.expiresAtMs).toISOString();
      return `${who} to decide until ${until}: \`skein approvals approve ${runId} ${nodeId}\``;
    }
  }
}

function childrenOf({ open, succeeded, failed, total, sequential }: NonNullable<NodeRun['children']>, runId: string) {
  const [first] = open.values();
  if (sequential) return `child run ${first ?? ''}`;
  return `${open.size} child runs; ${succeeded + failed} of ${total} have ended: \`skein runs list --parent ${runId}\``;
}
