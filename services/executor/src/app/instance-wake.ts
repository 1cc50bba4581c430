/**
 * Waits for an instance of an agent that has none: it runs none while nobody calls, or is being started again, or its workers are
 * on their way from one executor to another.
 *
 * Owns the wait of each call. Does not own who starts instances: the registry is asked, and the routes tell when there is one.
 *
 * W1. A wait ends with an instance, with the call, or when nobody starts one any more; after `wakeTimeoutMs` where a deployment
 *     starts one, after `workerReturnMs` where workers dial in.
 * W2. The registry is asked again for as long as somebody waits, so that what starts is not stopped as idle before it is ready;
 *     all calls that wait for the same ask once in `REPEAT_MS`.
 */
import type { AgentRoutes } from '../domain/agent-routes.ts';
import { passing } from '../domain/call-failure.ts';
import type { CallContext } from './call-context.ts';
import type { RouteTable } from './route-table.ts';

/** Deployments that may be waited for. */
export interface RequestedInstance {
  /** They start an instance because a call waits for it, or have one. */
  readonly woken: readonly string[];
  /** They keep one running anyway, and start it again where it ends. */
  readonly kept: readonly string[];
}

/** Asks for an instance. Rejects where the registry is away. */
export type RequestInstance = (namespace: string, agentId: string, version: string) => Promise<RequestedInstance>;

/** One wait. */
export interface WakeWish {
  /** A range of versions. Empty: any. */
  readonly version: string;
  /** Whether deployments that keep an instance running are waited for too. */
  readonly waitsForKept: boolean;
  /** Whether workers are waited for. */
  readonly waitsForWorkers: boolean;
  /** Whether there is an instance that may be called. */
  readonly isAwake: (routes: AgentRoutes) => boolean;
}

/** What waking takes. */
export interface InstanceWakeOptions {
  readonly routes: RouteTable;
  readonly request: RequestInstance;
  /** Longest wait of a call for an instance of a deployment. */
  readonly wakeTimeoutMs: number;
  /** Longest wait of a call for a worker. */
  readonly workerReturnMs: number;
}

const REPEAT_MS = 2000;

export class InstanceWake {
  readonly #options: InstanceWakeOptions;
  readonly #asked = new Map<string, Promise<RequestedInstance | undefined>>();

  constructor(options: InstanceWakeOptions) {
    this.#options = options;
  }

  /**
   * Whether there is an instance that may be called, after a wait for it where somebody starts one.
   * @throws CallError when none was ready in time.
   */
  async whenAwake({ namespace, agentId }: AgentRoutes, wish: WakeWish, context: CallContext): Promise<boolean> {
    const { routes, wakeTimeoutMs, workerReturnMs } = this.#options;
    const { clock, progress, sink } = context;
    const startedAtMs = performance.now();
    const waitedMs = () => performance.now() - startedAtMs;
    let names = '';
    try {
      for (;;) {
        const found = routes.find(namespace, agentId);
        if (found !== undefined && wish.isAwake(found)) return true;
        const asked = await clock.race(this.#ask(namespace, agentId, wish.version));
        if (asked !== undefined) names = [...asked.woken, ...(wish.waitsForKept ? asked.kept : [])].join(', ');
        if (names === '' && !wish.waitsForWorkers) return false;
        const what = names === '' ? `a worker of agent ${agentId}` : `waking deployment ${names}`;
        // Workers that come and go do not prolong the wait of a call that none of them takes.
        const leftMs = names === '' ? workerReturnMs - progress.waitedMs - waitedMs() : wakeTimeoutMs - waitedMs();
        if (leftMs <= 0 && names === '') return false;
        if (leftMs <= 0) throw tooLate(names, agentId, wakeTimeoutMs);
        clock.lift();
        if (progress.waitsFor === '') sink.state(names === '' ? 'waiting' : 'waking', what);
        // The wait is no silence of the agent.
        sink.heartbeat();
        progress.waits(what);
        await routes.whenChanged(namespace, agentId, Math.min(REPEAT_MS, leftMs), clock.signal);
      }
    } finally {
      if (progress.waitsFor !== '') {
        progress.waitedMs += waitedMs();
        progress.waits('');
      }
    }
  }

  /** W2. Undefined: the registry is away. */
  #ask(namespace: string, agentId: string, version: string): Promise<RequestedInstance | undefined> {
    const key = JSON.stringify([namespace, agentId, version]);
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked;
    const asking = this.#options.request(namespace, agentId, version).catch(() => undefined);
    this.#asked.set(key, asking);
    setTimeout(() => this.#asked.delete(key), REPEAT_MS / 2).unref();
    return asking;
  }
}

function tooLate(names: string, agentId: string, waitedMs: number) {
  const [first = ''] = names.split(', ');
  return passing('AGENT_UNAVAILABLE', {
    message: `deployment ${names} has had no instance of agent ${agentId} ready within ${waitedMs} ms`,
    place: `agent ${agentId}`,
    remedy: `see what is in its way: skein deployments get ${first}; or raise SKEIN_EXECUTOR_WAKE_TIMEOUT`,
  });
}
