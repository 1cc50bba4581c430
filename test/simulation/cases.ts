import {
  compileWorkflow,
  type FlowDefinition,
  type JsonObject,
  type Plan,
  type WorkflowDefinition,
} from '@skein/domain';
import type { SeededRandom } from '@skein/testkit';
import fc from 'fast-check';
import { randomWorkflow, SUBWORKFLOW } from '../../libs/domain/src/testing/random-workflow.ts';
import { outcomeOf, RunWorld, type AgentAnswer } from '../../libs/domain/src/testing/run-world.ts';

/** A run that a client asks for, and what must become of it. */
export interface Case {
  readonly namespace: string;
  readonly plan: Plan;
  readonly input: JsonObject;
  readonly answer: (nodeId: string, attempt: number) => AgentAnswer;
  /** How often the agent of a node asks before it does the work of an attempt. */
  readonly questionsOf: (nodeId: string) => number;
  /** Whether the agent of a node starts a run of its own. */
  readonly callsOf: (nodeId: string) => boolean;
  /** Set where the end does not depend on the order of things. */
  readonly rightOutcome: unknown;
  /** Undefined: the start is not idempotent. */
  readonly requestId: string | undefined;
  readonly isCancelled: boolean;
  /** Whether somebody holds it back for a while. */
  readonly isPaused: boolean;
  readonly isAwaited: boolean;
  /** What must become of the run that somebody forks from it, if anybody does. */
  readonly fork: Case | undefined;
}

type NodeDefinition = WorkflowDefinition['nodes'][number];
type CalledNode =
  | Pick<Extract<NodeDefinition, { type: 'agent' }>, 'type' | 'agent_id'>
  | Pick<Extract<NodeDefinition, { type: 'rpc' }>, 'type' | 'service_id' | 'method'>
  | Pick<Extract<NodeDefinition, { type: 'tool' }>, 'type' | 'tool_id'>;

const LARGE_CHARS = 70_000;
const MAX_WORKFLOWS = 3;
const NODES = 8;

/** What subworkflow nodes run. */
export const COMMON_WORKFLOW = SUBWORKFLOW;

/** The workflows of a world, each with an id of its own. */
export function drawWorkflows(random: SeededRandom): { plan: Plan; confluent: boolean }[] {
  return Array.from({ length: random.integer(1, MAX_WORKFLOWS) }, (_, index) => {
    const confluent = random.next() < 0.7;
    const seed = random.integer(1, 2 ** 30);
    const [drawn] = fc.sample(randomWorkflow({ confluent }), { seed, numRuns: 1 });
    if (drawn === undefined) throw new RangeError('no workflow was drawn');
    const nodes = drawn.nodes.map((node) => withPolicies(node, random, confluent));
    const flow = random.next() < 0.5 ? drawFlow(random) : {};
    return { plan: compileWorkflow({ ...drawn, ...flow, id: `workflow-${index}`, nodes }), confluent };
  });
}

/** Limits of a workflow's own and one that it may share with others, and an order of those that wait. */
function drawFlow(random: SeededRandom): FlowDefinition {
  const own = { limit: random.integer(1, 2), ...(random.next() < 0.5 ? { key: '${ input.x }' } : {}) };
  const shared = { limit: 1, key: '${ input.x % 2 }', scope: 'namespace' as const };
  const rate = { limit: random.integer(1, 5), per: random.pick(['200ms', '2s']) };
  return {
    concurrency: random.next() < 0.5 ? own : [own, shared],
    ...(random.next() < 0.3 ? { rate } : {}),
    ...(random.next() < 0.5 ? { priority: '${ input.x + 1 }' } : {}),
    ...(random.next() < 0.5 ? { fairness: { key: '${ input.x }', weight: random.integer(1, 3) } } : {}),
  };
}

/** One run of one of the workflows. */
export function drawCase(
  random: SeededRandom,
  workflows: ReturnType<typeof drawWorkflows>,
  namespace: string,
  index: number,
): Case {
  const isCancelled = random.next() < 0.15;
  const uncancelled = {
    ...drawWork(random, random.pick(workflows)),
    namespace,
    questionsOf: drawQuestions(random),
    callsOf: drawCalls(random),
    isCancelled: false,
    isPaused: random.next() < 0.15,
    isAwaited: random.next() < 0.6,
    fork: undefined,
  };
  return {
    ...uncancelled,
    rightOutcome: isCancelled ? undefined : uncancelled.rightOutcome,
    requestId: random.next() < 0.8 ? `request-${index}` : undefined,
    isCancelled,
    fork: random.next() < 0.2 ? { ...uncancelled, requestId: `fork-${index}` } : undefined,
  };
}

/** Few agents ask, and most of them once. */
function drawQuestions(random: SeededRandom): Case['questionsOf'] {
  const counts = Array.from({ length: NODES }, () => random.pick([0, 0, 0, 0, 1, 2]));
  return (nodeId) => counts[Number(nodeId.slice(1, 2))] ?? 0;
}

/** Few agents start runs. */
function drawCalls(random: SeededRandom): Case['callsOf'] {
  const calls = Array.from({ length: NODES }, () => random.next() < 0.15);
  return (nodeId) => calls[Number(nodeId.slice(1, 2))] ?? false;
}

/** What a run of a workflow is given, and what it comes to if nobody stops it. */
export function drawWork(random: SeededRandom, { plan, confluent }: ReturnType<typeof drawWorkflows>[number]) {
  const input = { x: random.integer(0, 4) };
  const answer = answersOf(Array.from({ length: NODES }, () => random.integer(0, 9)));
  const calm = () => new RunWorld({ plan, input, answer, random: () => 0.5, adverse: false }).run();
  return { plan, input, answer, rightOutcome: confluent ? outcomeOf(calm()) : undefined };
}

/** Agents, methods and tools, short and long waits, work that must not be repeated and, where order may matter, timeouts. */
function withPolicies(node: NodeDefinition, random: SeededRandom, confluent: boolean): NodeDefinition {
  if (node.type !== 'agent') return node;
  const { agent_id, ...common } = node;
  const called = random.pick<CalledNode>([
    { type: 'agent', agent_id },
    { type: 'agent', agent_id },
    { type: 'rpc', service_id: agent_id, method: 'simulated.v1.Service/Method' },
    { type: 'tool', tool_id: agent_id },
  ]);
  const initial = random.pick(['10ms', '10ms', '2s', '45s']);
  const racing = confluent ? {} : random.pick([{}, { schedule_to_start: '1s' }, { schedule_to_close: '4s' }]);
  const delivery = random.next() < 0.2 ? ('at_most_once' as const) : ('at_least_once' as const);
  return {
    ...common,
    ...called,
    retry: { ...node.retry, initial, max: '5m' },
    timeouts: { start_to_close: random.pick(['3s', '5m']), ...racing },
    delivery,
  };
}

/** What each agent answers is fixed, so that only the schedule differs. */
function answersOf(codes: readonly number[]): Case['answer'] {
  return (nodeId, attempt) => {
    const code = codes[Number(nodeId.slice(1, 2))] ?? 0;
    if (code === 9) return { code: 'BROKEN', retryable: false };
    if (code === 8 && attempt < 3) return { code: 'FLAKY', retryable: true };
    if (code === 7 && attempt < 2) return { code: 'TIMEOUT', retryable: true };
    const output = { kind: code % 2 === 0 ? 'even' : 'odd', size: code };
    return { output: code === 6 ? { ...output, text: 'x'.repeat(LARGE_CHARS) } : output };
  };
}
