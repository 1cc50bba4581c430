import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { AgentProtocol } from '@skein/contracts/registry';
import type { Usage } from '../domain/token-usage.ts';
import type { InputRequired, QuestionAnswer } from './agent-question.ts';
import type { AgentCredentials } from './agent-secrets.ts';

/** One piece of work for an agent, whatever protocol it speaks. */
export interface AgentRequest {
  readonly namespace: string;
  readonly agentId: string;
  /** Address of the chosen instance, in the form that the protocol asks for. */
  readonly endpoint: string;
  /** Unique per delivery. */
  readonly taskId: string;
  /** The same for every delivery of the attempt. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** From 1. */
  readonly dispatch: number;
  readonly runId: string;
  readonly nodeId: string;
  /** Empty: none. */
  readonly sessionId: string;
  /** Empty: the agent decides. */
  readonly skillId: string;
  readonly input: JsonValue;
  /** What the last heartbeat of the node said; undefined: nothing. */
  readonly resumeDetails: JsonValue | undefined;
  /** What the agent's question was answered with; absent: it has not asked. */
  readonly answer?: QuestionAnswer | undefined;
  /** The agent's settings under those of the node. */
  readonly config: JsonObject;
  /** Time left for the call. */
  readonly timeoutMs: number;
  /** W3C traceparent of the call's span. Empty: none. */
  readonly traceparent: string;
  /** What the agent starts child runs with. Empty: an older scheduler gave none. */
  readonly runToken: string;
  /** What lets the call in. Absent: nothing. */
  readonly credentials?: AgentCredentials | undefined;
}

/** Where an agent's signs of life go while it works. Ignored once the call has ended. */
export interface CallSink {
  /**
   * Text was added to the answer.
   * @throws CallError when the call has streamed more than is allowed; let it pass.
   */
  delta(text: string): void;
  /** The agent reports progress. */
  state(state: string, detail: string): void;
  /**
   * The agent says that it is alive and, where it gives details, how far it has come.
   * @throws CallError when the details are too large; let it pass.
   */
  heartbeat(resumeDetails?: JsonValue): void;
}

/** What an agent answered. */
export interface AgentAnswer {
  readonly output: JsonValue;
  readonly usage: Usage;
  /** Free-form facts about the answer. */
  readonly metadata?: JsonObject | undefined;
}

/**
 * A way to call agents. A further protocol is one more of these and one line where they are listed.
 *
 * P1. `call` ends soon after the signal aborts, and by then the agent has been told as far as the protocol can.
 * P2. Whatever an agent does wrong is thrown as a CallError; anything else thrown counts as a defect of ours.
 * P3. Connections are kept for the next call.
 */
export interface AgentProtocolAdapter extends AsyncDisposable {
  readonly protocol: AgentProtocol;
  call(request: AgentRequest, sink: CallSink, signal: AbortSignal): Promise<AgentAnswer | InputRequired>;
}
