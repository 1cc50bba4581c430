import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Answer, Question } from './question.ts';
import type { Tokens } from './steps.ts';

/** What a handler knows of its call, and what it can say before it answers. */
export interface AgentContext {
  readonly namespace: string;
  readonly runId: string;
  readonly nodeId: string;
  /** The conversation that the run belongs to. Empty: none. */
  readonly sessionId: string;
  /** Which skill is asked for. Empty: the agent decides. */
  readonly skillId: string;
  /** From 1; one more after each failure of the node. */
  readonly attempt: number;
  /** From 1; one more each time that the same attempt had to be delivered again. */
  readonly dispatch: number;
  /** The same for every delivery of an attempt: pass it on to whatever has side effects. */
  readonly idempotencyKey: string;
  /** Names this delivery, for logs. */
  readonly taskId: string;
  /** Settings of the workflow's author. */
  readonly config: JsonObject;
  /** What the last heartbeat of an earlier attempt or delivery said: where to go on. Undefined: nothing. */
  readonly resumeDetails: JsonValue | undefined;
  /** What the last question of this attempt was answered with. Undefined: it has not asked. */
  readonly answer: Answer | undefined;
  /** Starts runs as children of this one, while this attempt is at work: `runs.start({..., runToken})`. Empty: from an older platform. */
  readonly runToken: string;
  /** W3C traceparent of the call. Empty: none. */
  readonly traceparent: string;
  /** Aborts when nobody waits for the answer any more: cancelled, past its deadline, or the agent stops. */
  readonly signal: AbortSignal;
  /** Streams text to whoever watches; 4 MiB in one call, then it throws an AgentError (PAYLOAD_TOO_LARGE). */
  readonly delta: (text: string) => void;
  /** Reports progress: a short machine-readable word, and a line for people. */
  readonly state: (state: string, detail?: string) => void;
  /** Waits, in milliseconds; rejects where the signal aborts meanwhile. With `runLocal` on a virtual clock it takes no time. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Says that the agent is alive and, where given, how far it has come: at most 64 KiB of JSON. */
  readonly heartbeat: (resumeDetails?: JsonValue) => void;
  /** Ends the call with a question to a person; when it is answered, the handler is called again, with `answer`. Let it through. */
  readonly ask: (question: Question) => never;
  /** What the answer consumed; counts add up. `costMicroUsd`: millionths of a US dollar. */
  readonly usage: (consumed: Partial<Readonly<Tokens>>) => void;
  /** Writes to the agent's log, with the ids of the run. */
  readonly log: (message: string, facts?: JsonObject) => void;
}

/** Told of what a log should hold. */
export type LogSink = (message: string, facts: JsonObject) => void;

/** One JSON object a line on stderr, where an agent's log belongs. */
export const logToStderr: LogSink = (message, facts) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), message, ...facts })}\n`);
};
