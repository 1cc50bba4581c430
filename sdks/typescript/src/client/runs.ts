import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { durationFromMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { EventService } from '../gen/skein/eventlog/v1/event_service_pb.ts';
import type { RunService } from '../gen/skein/scheduler/v1/run_service_pb.ts';
import { once, repeatable } from './retry.ts';
import { followRun, type FollowOptions, type RunUpdate } from './run-events.ts';
import { runView, type Run } from './run-view.ts';
import { SkeinError } from './skein-error.ts';
import { startRequest, type RunTarget, type StartOptions } from './start-request.ts';

/** How long to wait. */
export interface AwaitOptions {
  /** Longest wait in milliseconds; then it throws TIMEOUT, and the run goes on. Default: as long as it takes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Which question of a run is answered. */
export interface WhichQuestion {
  /** The node whose agent asks. Default: the only one that does. */
  readonly nodeId?: string;
  /** seq of its `input_required` event: the answer then counts for no later question. Default: what is asked when it arrives. */
  readonly questionSeq?: number;
}

const LONGEST_WAIT_MS = 60_000;

/** Runs of one namespace. Everything throws a SkeinError. */
export class Runs {
  readonly #namespace: string;
  readonly #runs: Client<typeof RunService>;
  readonly #events: Client<typeof EventService>;

  constructor(namespace: string, runs: Client<typeof RunService>, events: Client<typeof EventService>) {
    this.#namespace = namespace;
    this.#runs = runs;
    this.#events = events;
  }

  /** Starts a run; when it answers, the run is durable. */
  async start(start: RunTarget & StartOptions): Promise<Run> {
    const request = startRequest(this.#namespace, start);
    const { run } = await repeatable(() => this.#runs.startRun(request));
    return runView(run);
  }

  async get(runId: string): Promise<Run> {
    const { run } = await repeatable(() => this.#runs.getRun({ namespace: this.#namespace, runId }));
    return runView(run);
  }

  /** Waits for the end of a run, whatever it is. A platform that is away for a moment is waited for too. */
  async await(runId: string, { timeoutMs = Infinity, signal }: AwaitOptions = {}): Promise<Run> {
    const deadline = performance.now() + timeoutMs;
    const options = signal === undefined ? {} : { signal };
    for (;;) {
      const leftMs = Math.min(LONGEST_WAIT_MS, Math.ceil(deadline - performance.now()));
      if (leftMs <= 0) throw timedOut(runId, timeoutMs);
      const request = { namespace: this.#namespace, runId, timeout: durationFromMs(leftMs) };
      const { run } = await repeatable(() => this.#runs.awaitRun(request, options), signal);
      const view = runView(run);
      if (view.hasEnded) return view;
    }
  }

  /** Asks a run to end; what it did is undone first, where its workflow says so. */
  async cancel(runId: string, reason = ''): Promise<Run> {
    const { run } = await repeatable(() => this.#runs.cancelRun({ namespace: this.#namespace, runId, reason }));
    return runView(run);
  }

  /** Sends a signal. With a `signalId` the same one counts once; without, an answer that was lost is an error. */
  async signal(
    runId: string,
    signalName: string,
    payload: JsonValue = null,
    { signalId = '' }: { readonly signalId?: string } = {},
  ): Promise<Run> {
    const target = { case: 'runId', value: runId } as const;
    const request = { namespace: this.#namespace, target, signalName, signalId };
    const call = () => this.#runs.signalRun({ ...request, payload: fromJson(ValueSchema, payload) });
    const { run } = await (signalId === '' ? once(call) : repeatable(call));
    return runView(run);
  }

  /** Answers the question of an agent: the only one that the run waits with, or that of a node. The first answer counts. */
  async answer(runId: string, value: JsonValue, { nodeId = '', questionSeq = 0 }: WhichQuestion = {}): Promise<Run> {
    const asked = { namespace: this.#namespace, runId, nodeId, questionSeq: BigInt(questionSeq) };
    const request = { ...asked, value: fromJson(ValueSchema, value) };
    const { run } = await once(() => this.#runs.provideInput(request));
    return runView(run);
  }

  /** Follows a run to its end, without a gap; leave the loop, or abort the signal, to stop. */
  events(runId: string, options: FollowOptions = {}): AsyncGenerator<RunUpdate, void, undefined> {
    return followRun(this.#events, { namespace: this.#namespace, runId }, options);
  }
}

function timedOut(runId: string, timeoutMs: number): SkeinError {
  return new SkeinError({
    code: 'DEADLINE_EXCEEDED',
    reason: 'TIMEOUT',
    message: `run ${runId} has not ended within ${timeoutMs} ms; it goes on`,
    place: `runs.${runId}`,
    remedy: 'wait again, or cancel it',
  });
}
