import { NodeState, RunState, type Run } from '@skein/contracts/scheduler';
import { durationOfMs, valueOfJson } from '@skein/events';
import { describeError } from '@skein/rpc';
import type { Case } from './cases.ts';
import { answerTo } from './simulated-agents.ts';
import { hasEnded, statusOfMessage } from '../../services/scheduler/src/rpc/run-message.ts';
import type { SimulatedScheduler } from './simulated-scheduler.ts';
import type { Surroundings } from './surroundings.ts';

/** What a client was told. */
export interface Told {
  /** Of the run that its start made, acknowledged. */
  runId: string | undefined;
  /** Of the run that was forked from it, acknowledged. */
  forkRunId: string | undefined;
  /** What it was told of the end of its run. */
  end: { readonly seq: number; readonly status: string } | undefined;
  cancelled: boolean;
}

/** What a client needs. */
export interface SimulatedClientOptions {
  readonly surroundings: Surroundings;
  readonly schedulers: () => readonly SimulatedScheduler[];
  /** Mints a run id and takes note of what it is for. */
  readonly newRunId: (asked: Case) => string;
}

const PATIENCE_MS = 3000;
const MAX_PAUSE_MS = 1000;
const MAX_WAIT_MS = 60_000;
/** A start of unknown fate that has not been made by then never will be. */
const LATEST_START_MS = 60_000;
/** Answers to a start that only another start may cause, and there is none. */
const OTHERS_FAULT_REASONS = new Set(['RUN_ID_TAKEN', 'REQUEST_ID_REUSED']);
/** As well, to a fork of a run that is there at an event that it has. */
const WRONG_FORK_REASONS = new Set([...OTHERS_FAULT_REASONS, 'RUN_NOT_FOUND', 'INVALID_FIELD']);

/** Starts one run, tries again where it may, and perhaps awaits or cancels it. */
export class SimulatedClient {
  readonly told: Told = { runId: undefined, forkRunId: undefined, end: undefined, cancelled: false };
  readonly #options: SimulatedClientOptions;
  readonly #case: Case;
  readonly #name: string;
  #finished = false;

  constructor(options: SimulatedClientOptions, asked: Case, name: string) {
    this.#options = options;
    this.#case = asked;
    this.#name = name;
  }

  /** Whether nothing more comes from this client. */
  get finished(): boolean {
    return this.#finished;
  }

  async live(beginMs: number): Promise<void> {
    const { time } = this.#options.surroundings;
    await time.sleep(beginMs);
    const { runId, isAcknowledged } = await this.#start();
    if (isAcknowledged) {
      this.told.runId = runId;
      await Promise.all([
        this.#await(runId),
        this.#cancel(runId),
        this.#pause(runId),
        this.#comeAlong(runId),
        this.#fork(runId),
      ]);
    } else await this.#comeAlong(runId);
    this.#finished = true;
  }

  async #start(): Promise<{ readonly runId: string; readonly isAcknowledged: boolean }> {
    const { requestId } = this.#case;
    const { random } = this.#options.surroundings;
    let runId = this.#options.newRunId(this.#case);
    for (;;) {
      const answer = await this.#ask(({ runs }) => runs.startRun(this.#request(runId)));
      if (answer.kind === 'value') {
        const startedId = answer.value.run?.runId ?? '';
        this.#note(`is told of ${startedId}`);
        return { runId: startedId, isAcknowledged: true };
      }
      const reason = answer.kind === 'error' ? answer.reason : '';
      if (OTHERS_FAULT_REASONS.has(reason)) {
        this.#options.surroundings.violated(`${this.#name}: its own start answers ${reason}`);
      }
      // Without a request id a start whose fate is unknown must not be repeated.
      if (requestId === undefined && reason !== 'NOT_READY') return { runId, isAcknowledged: false };
      if (requestId !== undefined && random.next() < 0.5) runId = this.#options.newRunId(this.#case);
    }
  }

  #request(runId: string) {
    const { namespace, plan, input, requestId } = this.#case;
    return {
      namespace,
      runId,
      target: { case: 'workflow' as const, value: { workflowId: plan.workflowId } },
      input: valueOfJson(input),
      requestId: requestId ?? '',
    };
  }

  async #await(runId: string): Promise<void> {
    if (!this.#case.isAwaited) return;
    const { random, violated, time } = this.#options.surroundings;
    const { namespace } = this.#case;
    while (this.told.end === undefined) {
      const timeoutMs = random.integer(1, MAX_WAIT_MS);
      const answer = await this.#ask(
        ({ runs }) => runs.awaitRun({ namespace, runId, timeout: durationOfMs(timeoutMs) }),
        timeoutMs + PATIENCE_MS,
      );
      if (answer.kind === 'error' && answer.reason === 'RUN_NOT_FOUND') violated(`${runId} was acknowledged and lost`);
      const run = answer.kind === 'value' ? answer.value.run : undefined;
      if (run !== undefined && hasEnded(run)) this.told.end = endOf(run);
      else await time.sleep(random.integer(1, MAX_PAUSE_MS));
    }
  }

  async #cancel(runId: string): Promise<void> {
    if (!this.#case.isCancelled) return;
    const { random, time } = this.#options.surroundings;
    const { namespace } = this.#case;
    await time.sleep(random.integer(1, 5000));
    for (;;) {
      const answer = await this.#ask(({ runs }) => runs.cancelRun({ namespace, runId }));
      // One that is failing already fails.
      if (answer.kind === 'value' && answer.value.run?.state !== RunState.FAILING) this.told.cancelled = true;
      if (answer.kind === 'value' || (answer.kind === 'error' && answer.reason === 'RUN_ENDED')) return;
    }
  }

  /**
   * Holds the run back, and lets it go on after a while: again and again until it has ended, for a pause whose answer was not
   * heard may come after that.
   */
  async #pause(runId: string): Promise<void> {
    if (!this.#case.isPaused) return;
    const { random, time } = this.#options.surroundings;
    const address = { namespace: this.#case.namespace, runId };
    await time.sleep(random.integer(1, 5000));
    await this.#untilTaken(({ runs }) => runs.pauseRun(address));
    for (;;) {
      await time.sleep(random.integer(1, 5000));
      await this.#untilTaken(({ runs }) => runs.resumeRun(address));
      const answer = await this.#ask(({ runs }) => runs.getRun(address));
      if (answer.kind === 'value' && answer.value.run !== undefined && hasEnded(answer.value.run)) return;
    }
  }

  /** Goes on from some event of the run, whatever has become of it by then. */
  async #fork(sourceRunId: string): Promise<void> {
    const { fork, namespace } = this.#case;
    if (fork === undefined) return;
    const { random, time, violated } = this.#options.surroundings;
    const newRunId = this.#options.newRunId(fork);
    await time.sleep(random.integer(1, 20_000));
    // Whatever the answer that gets through first says: there are that many events, and maybe more.
    const lastSeq = await this.#lastSeq(sourceRunId);
    const request = {
      namespace,
      runId: sourceRunId,
      atSeq: BigInt(random.integer(0, lastSeq)),
      newRunId,
      requestId: fork.requestId ?? '',
    };
    for (;;) {
      const answer = await this.#ask(({ runs }) => runs.forkRun(request));
      if (answer.kind === 'value') break;
      if (answer.kind === 'error' && WRONG_FORK_REASONS.has(answer.reason)) {
        return violated(`${this.#name}: forking ${sourceRunId} at ${request.atSeq} answers ${answer.reason}`);
      }
    }
    this.#note(`is told of ${newRunId}, forked from ${sourceRunId} at ${request.atSeq}`);
    this.told.forkRunId = newRunId;
    await this.#comeAlong(newRunId);
  }

  async #lastSeq(runId: string): Promise<number> {
    const { namespace } = this.#case;
    for (;;) {
      const answer = await this.#ask(({ runs }) => runs.getRun({ namespace, runId }));
      if (answer.kind === 'value') return Number(answer.value.run?.lastSeq ?? 0n);
    }
  }

  /** Sends the signals, takes the decisions and answers the questions that the run waits for, until it has ended, or surely was never made. */
  async #comeAlong(runId: string): Promise<void> {
    const { namespace, plan, questionsOf } = this.#case;
    const { random, time } = this.#options.surroundings;
    const waits = [...plan.nodes.values()].some(
      ({ id, work }) => work.kind === 'signal' || work.kind === 'approval' || questionsOf(id) > 0,
    );
    const address = { namespace, runId };
    const surelyMs = time.nowMs + LATEST_START_MS;
    if (!waits) return;
    for (;;) {
      await time.sleep(random.integer(1, 3000));
      const answer = await this.#ask(({ runs }) => runs.getRun(address));
      const isUnknown = answer.kind === 'error' && answer.reason === 'RUN_NOT_FOUND';
      if (isUnknown && time.nowMs > surelyMs) return;
      const run = answer.kind === 'value' ? answer.value.run : undefined;
      if (run === undefined) continue;
      if (hasEnded(run)) return;
      for (const { nodeId, nodeType, state, target, question, questionSeq } of run.nodes) {
        if (state !== NodeState.WAITING) continue;
        if (question !== undefined) {
          const value = valueOfJson(answerTo(question.message));
          await this.#ask(({ runs }) => runs.provideInput({ ...address, nodeId, questionSeq, value }));
        }
        if (nodeType === 'signal') await this.#signal(address, nodeId, target);
        if (nodeType === 'approval') {
          const decision = { ...address, nodeId, approved: true, decidedBy: 'ada' };
          await this.#ask(({ approvals }) => approvals.decideApproval(decision));
        }
      }
    }
  }

  /** Perhaps more than once: the id makes it count once. */
  async #signal({ namespace, runId }: { namespace: string; runId: string }, nodeId: string, name: string) {
    const target = { case: 'runId' as const, value: runId };
    const signal = { namespace, target, signalName: name, payload: valueOfJson(name), signalId: `${nodeId}/1` };
    await this.#ask(({ runs }) => runs.signalRun(signal));
  }

  async #untilTaken(call: (scheduler: SimulatedScheduler) => Promise<unknown>): Promise<void> {
    for (;;) {
      const answer = await this.#ask(call);
      if (answer.kind === 'value' || (answer.kind === 'error' && answer.reason === 'RUN_ENDED')) return;
    }
  }

  /** Asks one of the schedulers; one that is down or dies meanwhile is silent. */
  async #ask<T>(call: (scheduler: SimulatedScheduler) => Promise<T>, patienceMs = PATIENCE_MS): Promise<Answer<T>> {
    const { time, random } = this.#options.surroundings;
    await time.sleep(random.integer(1, MAX_PAUSE_MS));
    const schedulers = this.#options.schedulers();
    if (schedulers.length === 0) return { kind: 'error', reason: 'NOT_READY' };
    const answer = call(random.pick(schedulers)).then(
      (value): Answer<T> => ({ kind: 'value', value }),
      (error: unknown): Answer<T> => ({ kind: 'error', reason: describeError(error).reason }),
    );
    return Promise.race([answer, time.sleep(patienceMs).then((): Answer<T> => ({ kind: 'silence' }))]);
  }

  #note(what: string): void {
    this.#options.surroundings.trace.note(this.#name, what);
  }
}

function endOf({ lastSeq, state }: Run): Told['end'] {
  return { seq: Number(lastSeq), status: statusOfMessage(state) ?? '' };
}

type Answer<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'error'; readonly reason: string }
  | { readonly kind: 'silence' };
