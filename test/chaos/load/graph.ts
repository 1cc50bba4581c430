/** A kind of run: its workflow, how its inputs are drawn, and what has to come of it. */
import type { JsonValue } from '@bufbuild/protobuf';
import type { SeededRandom } from '@skein/testkit';

/** How a run may end. */
export type Ending =
  | { readonly state: 'DONE'; readonly output: JsonValue }
  | { readonly state: 'FAILED'; readonly code: string; readonly nodeId: string }
  | { readonly state: 'CANCELLED' }
  | { readonly state: 'TERMINATED' };

/** What is asked for and what has to come of it. */
export interface Drawn {
  readonly input: JsonValue;
  /** Ways in which the run may end; several where it depends on what dies meanwhile. */
  readonly endings: readonly Ending[];
  /** What its run waits for besides agents. Absent: nothing. */
  readonly gate?: Gate;
  /** What the questions of its agent are answered with. Absent: it asks none. */
  readonly answers?: Answers;
}

/** Answers that clients give. */
export interface Answers {
  /** By the number of the question: what each of the clients answers, all at the same moment; the first one counts. */
  readonly values: readonly (readonly number[])[];
  /** Whether they wait until the first fault of the round has begun. */
  readonly waitsForFault: boolean;
}

/** A limit of the calls of an agent. */
export interface CallLimit {
  readonly agentId: AgentId;
  /** The node whose agent it is. No node of another workflow has this id. */
  readonly nodeId: string;
  /** Most calls at a time. Absent: any number. */
  readonly maxConcurrency?: number;
  /** So many calls at once, then one every `perMs / limit`. Absent: as fast as they come. */
  readonly rate?: { readonly limit: number; readonly perMs: number };
}

/** A signal and a decision that a client sends. */
export interface Gate {
  /** What comes with the signal. */
  readonly amount: number;
  readonly approved: boolean;
  /** When the signal is sent, after the acknowledgement of the start, in milliseconds: perhaps before it is awaited. */
  readonly signalAfterMs: number;
  /** Whether it is sent again, with the same id. */
  readonly signalTwice: boolean;
}

export interface Graph {
  /** The workflow's id. */
  readonly id: string;
  /** How often it is drawn, in proportion to the others. */
  readonly share: number;
  /** The workflow as it is applied. Undefined: the run calls `agent` directly. */
  readonly definition: JsonValue | undefined;
  /** The agent that is called directly. */
  readonly agent?: AgentId;
  /** Nodes with `delivery: at_most_once`. */
  readonly onceOnly?: readonly string[];
  /** Nodes with `compensate`. */
  readonly undoes?: readonly string[];
  /** Workflows that its nodes run. */
  readonly within?: readonly WorkflowWithin[];
  /** How many of its runs may be under way. */
  readonly limits?: readonly GraphLimit[];
  /** Whether its runs never end unless they are cancelled or terminated. */
  readonly endless?: boolean;
  draw(random: SeededRandom): Drawn;
}

/** A workflow that nodes of another one run. */
export interface WorkflowWithin {
  readonly id: string;
  readonly definition: JsonValue;
  /** Its nodes with `compensate`. */
  readonly undoes: readonly string[];
}

/** A limit of runs at a time. */
export interface GraphLimit {
  readonly most: number;
  /** What a run of this input counts for. */
  readonly keyOf: (input: JsonValue) => string;
}

/** The agents there are, one a protocol, and those with a limit; all do what the script in their input says. */
export type AgentId = 'by-process' | 'by-invoke' | 'by-grpc' | 'crowded' | 'paced';

/** The rpc service and the tool, which do the same as the agents. */
export const RPC_SERVICE = 'works';
export const TOOL = 'work';

/** A retry policy that outlasts every fault: a wait is at most `LONGEST_RETRY_WAIT_MS`. */
export const PATIENT_RETRY = { max_attempts: 100, initial: '100ms', max: '1s', jitter: 0.2 } as const;
export const LONGEST_RETRY_WAIT_MS = 1200;

/** What may go wrong with a call while parts of the platform are away, however good its agent is. */
export const TROUBLE_CODES = [
  'AGENT_UNREACHABLE',
  'TIMEOUT',
  'SERVICE_UNAVAILABLE',
  'NOT_READY',
  'UNAVAILABLE',
] as const;

/** An `agent` node. `input` is the script that the agent follows, with expressions. */
export function agentNode(
  id: string,
  agent: AgentId,
  input: Readonly<Record<string, JsonValue>>,
  more: Readonly<Record<string, JsonValue>> = {},
): JsonValue {
  return { id, type: 'agent', agent_id: agent, input, ...more };
}

/** Says of a node that an agent undoes it. */
export function undoneBy(agent: AgentId): Readonly<Record<string, JsonValue>> {
  const input = { value: '${ last.value }', ms: 100 };
  return { compensate: { type: 'agent', agent_id: agent, input, retry: PATIENT_RETRY } };
}

/** A workflow in which every call is tried until the fault is over. */
export function patientWorkflow(
  id: string,
  nodes: readonly JsonValue[],
  edges: readonly (readonly [from: string, to: string, more?: Readonly<Record<string, JsonValue>>])[],
  more: Readonly<Record<string, JsonValue>> = {},
): JsonValue {
  return {
    id,
    defaults: { retry: PATIENT_RETRY },
    nodes: [...nodes],
    edges: edges.map(([from, to, rest = {}]) => ({ from, to, ...rest })),
    ...more,
  };
}

/** A number to work on. */
export function drawValue(random: SeededRandom): number {
  return random.integer(1, 1_000_000);
}
