import { Code, type ConnectError } from '@connectrpc/connect';
import {
  findPlanNode,
  isTerminal,
  MAX_PAYLOAD_BYTES,
  Payload,
  compileSchema,
  type JsonValue,
  type NodeRun,
  type Question,
} from '@skein/domain';
import { skeinError } from '@skein/rpc';
import { nodeNotFound, runEnded, type RunAddress } from './control-run.ts';
import { findRun, type FindRunDependencies, type FoundRun } from './find-run.ts';
import { inputTooLarge } from './start-run.ts';
import { takenAnswer } from './taken-answer.ts';

/** An answer as it was given. */
export interface InputAnswer extends RunAddress {
  /** Empty: the only node that asks. */
  readonly nodeId: string;
  /** seq of the event that asked. Zero: whatever is asked. */
  readonly questionSeq: number;
  readonly value: JsonValue;
  readonly providedBy: string;
}

/**
 * Answers the question of an agent; the answer is durable when this resolves. The same answer again changes nothing.
 * @throws RUN_NOT_FOUND, RUN_ENDED, NODE_NOT_FOUND, INPUT_NOT_REQUIRED, INPUT_SCHEMA_VIOLATION, PAYLOAD_TOO_LARGE
 */
export async function provideInput(dependencies: FindRunDependencies, answer: InputAnswer): Promise<FoundRun> {
  const { namespace, runId, providedBy } = answer;
  const found = await findRun(dependencies, namespace, runId);
  if (isTerminal(found.state.status)) throw runEnded(runId, found.state.status);
  const value = Payload.fromValue(answer.value);
  if (isAnswered(found, answer, value)) return found;
  const asked = whoAsks(found, answer);
  if (asked === undefined) return answeredBefore(dependencies, found, answer, value);
  const { node, question, questionSeq } = asked;
  checkAnswer(question, answer.value);
  if (value.bytes.byteLength > MAX_PAYLOAD_BYTES) throw inputTooLarge(value.bytes.byteLength);
  await dependencies.engine.submit(runId, { kind: 'provide_input', nodeId: node.id, questionSeq, value, providedBy });
  const after = await findRun(dependencies, namespace, runId);
  const last = after.state.nodes.get(node.id)?.answer;
  // Since then the agent may have asked more and been answered, or tried again: the history knows.
  const taken = last?.questionSeq === questionSeq ? last : await takenAnswer(dependencies.store, runId, questionSeq);
  if (taken === undefined && isTerminal(after.state.status)) throw runEnded(runId, after.state.status);
  if (taken === undefined) throw notAsked(questionSeq, runId);
  if (!sameBytes(taken.value, value)) throw answeredOtherwise(node.id, runId);
  return after;
}

/** A question that is not asked any more: its answer may have been this one, whose sender has not heard of it. */
async function answeredBefore(
  { store }: FindRunDependencies,
  found: FoundRun,
  { runId, nodeId, questionSeq }: InputAnswer,
  value: Payload,
): Promise<FoundRun> {
  const taken = await takenAnswer(store, runId, questionSeq);
  if (taken === undefined || (nodeId !== '' && nodeId !== taken.nodeId)) throw notAsked(questionSeq, runId);
  if (sameBytes(taken.value, value)) return found;
  throw answeredOtherwise(taken.nodeId, runId);
}

/** Whether this very answer was taken already: its sender may not have heard of it. */
function isAnswered({ state }: FoundRun, { nodeId, questionSeq }: InputAnswer, value: Payload): boolean {
  const nodes = Array.from(state.nodes.values()).filter(({ id }) => nodeId === '' || id === nodeId);
  const isTaken = ({ answer }: NodeRun) => answer !== undefined && sameBytes(answer.value, value);
  if (questionSeq !== 0) return nodes.some((node) => node.answer?.questionSeq === questionSeq && isTaken(node));
  return nodes.every(({ wait }) => wait?.kind !== 'input') && nodes.some(isTaken);
}

interface Asking {
  readonly node: NodeRun;
  readonly question: Question;
  readonly questionSeq: number;
}

/** Undefined: the question that is named is not asked, or not any more. */
function whoAsks({ state, plan }: FoundRun, { nodeId, questionSeq }: InputAnswer): Asking | undefined {
  if (nodeId !== '' && findPlanNode(plan, nodeId) === undefined) throw nodeNotFound(plan.workflowId, nodeId);
  const nodes = Array.from(state.nodes.values()).filter(({ id }) => nodeId === '' || id === nodeId);
  const all = nodes.flatMap((node): Asking[] => (node.wait?.kind === 'input' ? [{ node, ...node.wait }] : []));
  const those = questionSeq === 0 ? all : all.filter((each) => each.questionSeq === questionSeq);
  const [first, second] = those;
  if (first !== undefined && second === undefined) return first;
  if (second !== undefined) {
    const ids = those.map(({ node }) => node.id).join(', ');
    throw notRequired(`several agents ask: name the node: ${ids}`, state.runId);
  }
  if (questionSeq !== 0) return undefined;
  const who = nodeId === '' ? 'no agent of the run asks' : `the agent of node ${nodeId} does not ask`;
  throw notRequired(`${who} for anything`, state.runId);
}

function checkAnswer({ schema }: Question, value: JsonValue): void {
  if (schema === undefined) return;
  const compiled = compileSchema(schema);
  // An agent whose schema is none asks for anything.
  const violations = 'validate' in compiled ? compiled.validate(value) : [];
  if (violations.length === 0) return;
  throw skeinError({
    reason: 'INPUT_SCHEMA_VIOLATION',
    code: Code.InvalidArgument,
    message: 'the answer does not match the schema of the question',
    place: 'value',
    remedy: 'correct the answer; `skein runs get` shows the question with its schema',
    violations: violations.map(({ pointer, keyword, message }) => ({
      field: `value${pointer}`,
      description: message,
      reason: keyword.toUpperCase(),
    })),
  });
}

function answeredOtherwise(nodeId: string, runId: string): ConnectError {
  return notRequired(`somebody else has answered node ${nodeId} first`, runId);
}

function notAsked(questionSeq: number, runId: string): ConnectError {
  return notRequired(`question ${questionSeq} is not asked, or not any more`, runId);
}

function notRequired(message: string, runId: string): ConnectError {
  return skeinError({
    reason: 'INPUT_NOT_REQUIRED',
    code: Code.FailedPrecondition,
    message,
    place: 'node_id',
    remedy: `see what the run waits for: skein runs get ${runId}`,
  });
}

function sameBytes(one: Payload, other: Payload): boolean {
  return Buffer.from(one.bytes).equals(Buffer.from(other.bytes));
}
