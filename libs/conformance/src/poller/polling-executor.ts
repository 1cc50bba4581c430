/**
 * A port that polling workers dial in to, as if the platform were behind it.
 *
 * Owns the port, the tasks that were given out and what was said of them. Tasks are made up by the rules.
 */
import { randomUUID } from 'node:crypto';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { durationFromMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { InvokeError, Result } from '@skein/contracts/agent';
import { WorkerService, type PollTasksRequest } from '@skein/contracts/worker';
import { bind, startGrpcServer, type GrpcServer } from '@skein/rpc';

/** Time that a task is kept for a worker that is not heard of, in milliseconds. The platform's is 60 s. */
export const LEASE_MS = 2_000;
/** Longest time that a poll is held: shorter than anybody asks for, so that empty answers are seen too. */
const HOLD_MS = 500;
const TASK_TIMEOUT_MS = 60_000;

/** A poll, and when it came, in milliseconds of a clock that never goes back. */
export interface Poll {
  readonly request: PollTasksRequest;
  readonly atMs: number;
}

/** What was said of a task. */
export interface Said {
  readonly token: string;
  readonly kind: 'completed' | 'failed' | 'heartbeat';
  readonly atMs: number;
  readonly result?: Result | undefined;
  readonly error?: InvokeError | undefined;
}

interface Waiting {
  readonly token: string;
  readonly agentId: string;
  readonly input: JsonValue;
}

export class PollingExecutor implements AsyncDisposable {
  readonly polls: Poll[] = [];
  readonly said: Said[] = [];
  /** How often the next polls, and the next endings of tasks, are answered UNAVAILABLE, as where the answer was lost. */
  readonly losesNext = { polls: 0, endings: 0 };
  /** Tasks that nobody knows any more. */
  readonly forgotten = new Set<string>();
  /** Tasks that nobody wants any more. */
  readonly cancelled = new Set<string>();
  readonly #waiting: Waiting[] = [];
  readonly #watchers = new Set<() => void>();
  #server: GrpcServer | undefined;

  /** Listens; rejects where the port is taken. */
  async listen(host: string, port: number): Promise<string> {
    const binding = bind(WorkerService, {
      connect: (): never => {
        throw new ConnectError('the kit looks at workers that poll', Code.Unimplemented);
      },
      pollTasks: (request, { signal }) => this.#poll(request, signal),
      completeTask: ({ taskToken, result }) => this.#ended({ token: taskToken, kind: 'completed', result }),
      failTask: ({ taskToken, error }) => this.#ended({ token: taskToken, kind: 'failed', error }),
      heartbeatTask: ({ taskToken }) => {
        this.#hear({ token: taskToken, kind: 'heartbeat' });
        return { cancelled: this.cancelled.has(taskToken) };
      },
    });
    this.#server = await startGrpcServer({ host, port, bindings: [binding] });
    return this.#server.address;
  }

  /** Gives a task to whoever polls next; answers its token. */
  give(input: JsonValue): string {
    const token = randomUUID();
    this.#waiting.push({ token, agentId: this.polls.at(-1)?.request.card?.agentId ?? '', input });
    this.#changed();
    return token;
  }

  /** Takes back what nobody has polled. */
  takeBack(): void {
    this.#waiting.splice(0);
  }

  saidOf(token: string): Said[] {
    return this.said.filter((each) => each.token === token);
  }

  /** Waits until it holds, or the time is over. */
  async until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!holds()) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return false;
      await this.#change(leftMs);
    }
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.close(0);
  }

  async #poll(request: PollTasksRequest, signal: AbortSignal) {
    this.polls.push({ request, atMs: performance.now() });
    this.#changed();
    if (this.losesNext.polls > 0) {
      this.losesNext.polls -= 1;
      throw new ConnectError('the executor is away', Code.Unavailable);
    }
    await this.until(() => this.#waiting.length > 0 || signal.aborted, HOLD_MS);
    if (signal.aborted) return { tasks: [] };
    return { tasks: this.#waiting.splice(0, Math.max(1, request.maxTasks)).map(taskOf) };
  }

  #ended(said: Omit<Said, 'atMs'>) {
    this.#hear(said);
    if (this.losesNext.endings > 0) {
      this.losesNext.endings -= 1;
      throw new ConnectError('the answer is lost', Code.Unavailable);
    }
    if (this.forgotten.has(said.token)) throw new ConnectError('nobody waits for this task', Code.NotFound);
    return {};
  }

  #hear(said: Omit<Said, 'atMs'>): void {
    this.said.push({ ...said, atMs: performance.now() });
    this.#changed();
  }

  async #change(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#watchers.add(resolve);
    await promise;
    this.#watchers.delete(resolve);
    clearTimeout(timer);
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

function taskOf({ token, agentId, input }: Waiting) {
  const runId = randomUUID();
  const key = `${runId}/node/1`;
  const taskId = `${key}/1`;
  const names = { namespace: 'conformance', agentId, runId, nodeId: 'node', attempt: 1, dispatch: 1 };
  const request = { ...names, taskId, idempotencyKey: key, input: fromJson(ValueSchema, input) };
  const task = { taskId, request, timeout: durationFromMs(TASK_TIMEOUT_MS) };
  return { taskToken: token, task, lease: durationFromMs(LEASE_MS) };
}
