/** What becomes of a node when one of its child runs has ended. */
import type { LoopWork, MapWork, PlanNode, SubworkflowWork } from '../workflow/plan.ts';
import { attemptFailed } from './attempts.ts';
import { collectedOutput, type Children } from './children.ts';
import type { ChildEnded } from './command.ts';
import { finalFailure, type Failure } from './failure.ts';
import { runScope } from './node-scope.ts';
import { MAX_PAYLOAD_BYTES, type Payload } from './payload.ts';
import { expressionFailure, failNode, succeedNode } from './progress.ts';
import { startChildren } from './start-children.ts';
import { draftOfTurn, emit, planNode, type Turn } from './turn.ts';

/** Takes the end of a child run; one that nobody waits for any more changes nothing. */
export function childEnded(turn: Turn, command: ChildEnded): void {
  const { nodeId, attempt, index, childRunId, outcome } = command;
  const node = draftOfTurn(turn).nodes.get(nodeId);
  if (node?.status !== 'WAITING' || node.attempt !== attempt) return;
  if (node.children?.open.get(index) !== childRunId) return;
  emit(turn, { kind: 'child_run_ended', nodeId, attempt, index, childRunId, outcome });
  const plan = planNode(turn.plan, nodeId);
  const children = draftOfTurn(turn).nodes.get(nodeId)?.children;
  if (children === undefined) return;
  const ended: EndedChild = { turn, plan, attempt, index, children };
  switch (plan.work.kind) {
    case 'map':
      return itemEnded(ended, plan.work, outcome);
    case 'loop':
      return iterationEnded(ended, plan.work, outcome);
    case 'subworkflow':
      return subworkflowEnded(ended, plan.work, outcome);
    default:
      throw new RangeError(`${nodeId} has no child runs`);
  }
}

interface EndedChild {
  readonly turn: Turn;
  readonly plan: PlanNode;
  readonly attempt: number;
  readonly index: number;
  readonly children: Children;
}

function itemEnded(ended: EndedChild, { onItemError }: MapWork, outcome: ChildEnded['outcome']): void {
  const { turn, plan, attempt, index, children } = ended;
  if ('failure' in outcome && onItemError === 'fail') {
    const { succeeded, failed, total } = children;
    const details = { index, succeeded, failed, total };
    return attemptFailed(turn, plan, attempt, { ...ofChild(outcome.failure, plan, `item ${index}`), details });
  }
  if (children.succeeded + children.failed < children.total) return startChildren(turn, plan, children);
  const collected = onItemError === 'collect' ? 'outcomes' : 'outputs';
  if (collectedOutput(children, collected).bytes.byteLength <= MAX_PAYLOAD_BYTES) {
    return succeedNode(turn, plan, attempt, { collected });
  }
  const message = `the list of all outputs is larger than ${MAX_PAYLOAD_BYTES} bytes of JSON`;
  const remedy = 'let the body end with a reference, or only with the fields that are needed';
  failNode(turn, plan, attempt, finalFailure('PAYLOAD_TOO_LARGE', message, `nodes.${plan.id}`, remedy));
}

function iterationEnded(ended: EndedChild, work: LoopWork, outcome: ChildEnded['outcome']): void {
  const { turn, plan, attempt, index, children } = ended;
  if ('failure' in outcome) {
    return attemptFailed(turn, plan, attempt, ofChild(outcome.failure, plan, `iteration ${index}`));
  }
  const isOver = isLoopOver(ended, work, outcome.output);
  if (typeof isOver !== 'boolean') return failNode(turn, plan, attempt, isOver);
  if (isOver) return succeedNode(turn, plan, attempt, { outputSeq: children.last?.seq ?? 0 });
  if (children.started < children.total) return startChildren(turn, plan, children);
  if (work.until === undefined) return succeedNode(turn, plan, attempt, { outputSeq: children.last?.seq ?? 0 });
  const message = `\`until\` does not hold after ${work.maxIterations} iterations`;
  const remedy = 'raise max_iterations, or see why the condition is not met';
  failNode(turn, plan, attempt, finalFailure('MAX_ITERATIONS_REACHED', message, `nodes.${plan.id}`, remedy));
}

function isLoopOver({ turn, plan, index }: EndedChild, { until }: LoopWork, output: Payload): boolean | Failure {
  if (until === undefined) return false;
  try {
    return until.evaluate(runScope(draftOfTurn(turn), { last: output.value, index })).holds;
  } catch (error) {
    return expressionFailure(error, `nodes.${plan.id}.until`);
  }
}

function subworkflowEnded(ended: EndedChild, work: SubworkflowWork, outcome: ChildEnded['outcome']): void {
  const { turn, plan, attempt, children } = ended;
  if ('failure' in outcome) return attemptFailed(turn, plan, attempt, ofChild(outcome.failure, plan, 'the child run'));
  const [violation] = work.validateOutput(outcome.output.value);
  if (violation === undefined) return succeedNode(turn, plan, attempt, { outputSeq: children.last?.seq ?? 0 });
  const message = `the output of workflow ${work.workflowId} breaks output_schema at \`${violation.pointer}\`: ${violation.message}`;
  const remedy = 'correct the workflow, or the schema';
  failNode(turn, plan, attempt, finalFailure('OUTPUT_SCHEMA_VIOLATION', message, `nodes.${plan.id}`, remedy));
}

/** Failures that trying again cannot mend: nothing was run. */
const FINAL_CODES: ReadonlySet<string> = new Set(['WORKFLOW_NOT_FOUND', 'INPUT_SCHEMA_VIOLATION', 'TOO_DEEP']);

/** A child's failure as its parent's: whoever gave the node several attempts wants it tried again. */
function ofChild(failure: Failure, plan: PlanNode, which: string): Failure {
  const { code, message, remedy } = failure;
  const retryable = !FINAL_CODES.has(code);
  return { code, message: `${which}: ${message}`, place: `nodes.${plan.id}`, remedy, retryable };
}
