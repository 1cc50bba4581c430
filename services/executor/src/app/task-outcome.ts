import { create } from '@bufbuild/protobuf';
import {
  PromptFactsSchema,
  TaskReportSchema,
  type CallFacts,
  type TaskRef,
  type TaskReport,
} from '@skein/contracts/scheduler';
import { FailureSchema, TokenUsageSchema } from '@skein/contracts/type';
import { durationOfMs, timestampOfMs, usageToMessage } from '@skein/events';
import type { CallFailure } from '../domain/call-failure.ts';
import { questionMessage, type InputRequired } from './agent-question.ts';
import { NO_USAGE, type Usage } from '../domain/token-usage.ts';

/** How a task ended. */
export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly outputText: Uint8Array }
  | { readonly kind: 'failed'; readonly failure: CallFailure }
  /** It asks something, and goes on when it is answered. */
  | { readonly kind: 'asked'; readonly question: InputRequired }
  /** Nobody wants to know. */
  | { readonly kind: 'cancelled'; readonly reason: string };

/** What a model is asked; `skein.scheduler.v1.PromptFacts` in this service's terms. */
export interface PromptFacts {
  readonly digest: Uint8Array;
  readonly sizeBytes: number;
  /** How often it was asked so far. */
  readonly turns: number;
}

/** What is known of a call while it runs. Written by whoever makes the call, read for reports and telemetry. */
export class CallProgress {
  /** The instance, or the model that answered. Empty: none was reached. */
  target = '';
  targetVersion = '';
  /** The agent that was called, where it is not the node's. */
  targetAgentId: string | undefined;
  /** Instances that an agent's call was tried at. */
  instancesTried = 0;
  usage: Usage = NO_USAGE;
  /** Of a model's call: what is asked. */
  prompt: PromptFacts | undefined;
  /** What the task waits for before it calls anybody. Empty: nothing. */
  waitsFor = '';
  /** Time for which it did, in milliseconds. */
  waitedMs = 0;
  /** By the wall clock; undefined: no call was made. */
  startedAtMs: number | undefined;
  #startedAt = 0;
  #latencyMs: number | undefined;
  readonly #onBegin: () => void;
  readonly #onWait: (waitsFor: string) => void;

  constructor(onBegin: () => void = () => {}, onWait: (waitsFor: string) => void = () => {}) {
    this.#onBegin = onBegin;
    this.#onWait = onWait;
  }

  /** The task waits; empty: not any more. May be repeated. */
  waits(waitsFor: string): void {
    this.waitsFor = waitsFor;
    this.#onWait(waitsFor);
  }

  /** The call goes out. */
  begin(target: string, targetVersion: string): void {
    this.target = target;
    this.targetVersion = targetVersion;
    this.startedAtMs = Date.now();
    this.#startedAt = performance.now();
    this.#onBegin();
  }

  /** The call goes out to an instance of an agent; undefined: of the node's own. */
  beginAt({ instanceId, version }: { instanceId: string; version: string }, agentId: string | undefined): void {
    this.instancesTried += 1;
    this.targetAgentId = agentId;
    if (this.instancesTried === 1) return this.begin(instanceId, version);
    this.target = instanceId;
    this.targetVersion = version;
  }

  /** The call has ended; the time stands still. */
  end(): void {
    this.#latencyMs = this.latencyMs;
  }

  /** Since `begin`; zero where no call was made. */
  get latencyMs(): number {
    if (this.startedAtMs === undefined) return 0;
    return this.#latencyMs ?? performance.now() - this.#startedAt;
  }
}

/** The report that a task runs. */
export function startedReport(ref: TaskRef, progress: CallProgress, streamedBytes: number): TaskReport {
  return create(TaskReportSchema, {
    ref,
    report: { case: 'started', value: {} },
    facts: factsOf(progress, streamedBytes),
  });
}

/** The report of how far a task has come; `resumeDetails` is JSON text. */
export function heartbeatReport(ref: TaskRef, resumeDetails: Uint8Array): TaskReport {
  const value = { resumeDetails: { json: resumeDetails as Uint8Array<ArrayBuffer> } };
  return create(TaskReportSchema, { ref, report: { case: 'heartbeat', value } });
}

/** The report of what a task waits for before it calls anybody. */
export function waitingReport(ref: TaskRef, waitingFor: string): TaskReport {
  return create(TaskReportSchema, { ref, report: { case: 'waiting', value: { waitingFor } } });
}

/** The report of a task's end. */
export function finalReport(
  ref: TaskRef,
  outcome: Exclude<TaskOutcome, { kind: 'cancelled' }>,
  progress: CallProgress,
  streamedBytes: number,
): TaskReport {
  const facts = factsOf(progress, streamedBytes);
  if (outcome.kind === 'failed') {
    const value = { failure: failureMessage(outcome.failure) };
    return create(TaskReportSchema, { ref, report: { case: 'failed', value }, facts });
  }
  if (outcome.kind === 'asked') {
    return create(TaskReportSchema, {
      ref,
      report: { case: 'asked', value: questionMessage(outcome.question) },
      facts,
    });
  }
  const json = outcome.outputText as Uint8Array<ArrayBuffer>;
  const output = { $typeName: 'skein.type.v1.Payload', json } as const;
  const value = { $typeName: 'skein.scheduler.v1.TaskSucceeded', output } as const;
  return { $typeName: 'skein.scheduler.v1.TaskReport', ref, report: { case: 'succeeded', value }, facts };
}

/** Every report has these: a literal, as the events of every step are (libs/events, event-encode.ts). */
function factsOf(progress: CallProgress, streamedBytes: number): CallFacts {
  const { target, targetVersion, startedAtMs, latencyMs, usage, prompt } = progress;
  const { targetAgentId = '', instancesTried } = progress;
  const consumed = usageToMessage(usage);
  return {
    $typeName: 'skein.scheduler.v1.CallFacts',
    target,
    targetVersion,
    targetAgentId,
    instancesTried: instancesTried > 1 ? instancesTried : 0,
    startedAt: startedAtMs === undefined ? undefined : timestampOfMs(startedAtMs),
    latency: durationOfMs(Math.round(latencyMs)),
    usage: consumed && create(TokenUsageSchema, consumed),
    streamedBytes: BigInt(streamedBytes),
    prompt: prompt && promptMessage(prompt),
  };
}

function promptMessage({ digest, sizeBytes, turns }: PromptFacts) {
  const size = BigInt(sizeBytes);
  return create(PromptFactsSchema, { digest, sizeBytes: size, turns });
}

const MAX_MESSAGE_CHARS = 4096;

function failureMessage(failure: CallFailure) {
  const { code, message, place, remedy, retryable, retryAfterMs, details } = failure;
  return create(FailureSchema, {
    code,
    message: message.toWellFormed().slice(0, MAX_MESSAGE_CHARS),
    place,
    remedy,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfter: durationOfMs(Math.round(retryAfterMs)) }),
    ...(details === undefined ? {} : { details }),
  });
}
