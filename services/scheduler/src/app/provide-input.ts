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

/** An answer as it was given. */
export interface InputAnswer extends RunAddress {
  /** Empty: the only node that asks. */
  readonly nodeId: string;
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
  if (isAnswered(found, answer.nodeId, value)) return found;
  const { node, question } = asking(found, answer.nodeId);
  checkAnswer(question, answer.value);
  if (value.bytes.byteLength > MAX_PAYLOAD_BYTES) throw inputTooLarge(value.bytes.byteLength);
  await dependencies.engine.submit(runId, { kind: 'provide_input', nodeId: node.id, value, providedBy });
  const after = await findRun(dependencies, namespace, runId);
  // Somebody else was first if another answer was taken; the run may have ended by then.
  const answered = after.state.nodes.get(node.id)?.answer;
  if (answered !== undefined && answered.turn > (node.answer?.turn ?? 0) && !sameBytes(answered.value, value)) {
    throw notRequired(`somebody else has answered node ${node.id} first`, runId);
  }
  return after;
}

/** Whether this very answer was taken already: its sender may not have heard of it. */
function isAnswered({ state }: FoundRun, nodeId: string, value: Payload): boolean {
  const nodes = Array.from(state.nodes.values());
  if (nodes.some(({ id, wait }) => wait?.kind === 'input' && (nodeId === '' || id === nodeId))) return false;
  return nodes.some(({ id, answer }) => {
    return answer !== undefined && (nodeId === '' || id === nodeId) && sameBytes(answer.value, value);
  });
}

interface Asking {
  readonly node: NodeRun;
  readonly question: Question;
}

function asking({ state, plan }: FoundRun, nodeId: string): Asking {
  if (nodeId !== '' && findPlanNode(plan, nodeId) === undefined) throw nodeNotFound(plan.workflowId, nodeId);
  const all = Array.from(state.nodes.values()).flatMap((node): Asking[] =>
    node.wait?.kind === 'input' ? [{ node, question: node.wait.question }] : [],
  );
  const those = nodeId === '' ? all : all.filter(({ node }) => node.id === nodeId);
  const [first, second] = those;
  if (first === undefined) {
    const who = nodeId === '' ? 'no agent of the run asks' : `the agent of node ${nodeId} does not ask`;
    throw notRequired(`${who} for anything`, state.runId);
  }
  if (second === undefined) return first;
  throw notRequired(`several agents ask: name the node: ${those.map(({ node }) => node.id).join(', ')}`, state.runId);
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
