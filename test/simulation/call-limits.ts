/** Limits of agents: which there are in a world, and that no call goes past them. */
import type { RunEvent } from '@skein/domain';
import { decodeTransition } from '@skein/events';
import type { SeededRandom } from '@skein/testkit';
import type {
  CallSlot,
  LimitFigures,
  LimitKey,
  LimitStore,
} from '../../services/scheduler/src/app/limits/limit-store.ts';
import type { RunStore } from '../../services/scheduler/src/app/run-store.ts';
import { watchedCommits } from './watched-commits.ts';

/** What an agent of a namespace is registered with. */
export interface CallLimit {
  readonly key: LimitKey;
  readonly figures: LimitFigures;
}

const AGENTS = 8;

/** A few agents of some worlds have one. */
export function drawCallLimits(random: SeededRandom, namespaces: readonly string[]): readonly CallLimit[] {
  if (random.next() < 0.4) return [];
  return namespaces.flatMap((namespace) =>
    Array.from({ length: AGENTS }, (_, index) => ({ namespace, key: `agent/agent-${index}` }))
      .filter(() => random.next() < 0.4)
      .map((key) => ({ key, figures: drawFigures(random) })),
  );
}

function drawFigures(random: SeededRandom): LimitFigures {
  const rate = { limit: random.integer(1, 3), perMs: random.pick([200, 2000]) };
  const isPaced = random.next() < 0.3;
  return { maxConcurrency: random.integer(1, 2), rate: isPaced ? rate : undefined };
}

/** Where a run stands, as its stored events say. */
interface Standing {
  readonly namespace: string;
  /** The attempts that are to be worked on, by node. */
  readonly open: Map<string, number>;
  /** The last attempt of each node. */
  readonly last: Map<string, number>;
  isPaused: boolean;
}

const NODE_RESTS: ReadonlySet<RunEvent['kind']> = new Set([
  'node_succeeded',
  'node_failed',
  'node_skipped',
  'node_cancelled',
  'node_retry_scheduled',
  'input_required',
]);
/** After these nothing is wanted that was at work before. */
const ALL_REST: ReadonlySet<RunEvent['kind']> = new Set([
  'run_failing',
  'run_cancelling',
  'run_done',
  'run_failed',
  'run_cancelled',
  'run_terminated',
]);

/**
 * Watches slots and calls: never more attempts hold a slot of a limit than it allows, and no agent with a limit is called
 * for an attempt that is to be worked on and holds none. Who is called for what nobody wants any more was on the way.
 */
export class CallWatch {
  readonly #violated: (invariant: string) => void;
  readonly #figures = new Map<string, LimitFigures>();
  /** Attempts that hold a slot, by limit. */
  readonly #held = new Map<string, Set<string>>();
  readonly #runs = new Map<string, Standing>();

  constructor(limits: readonly CallLimit[], violated: (invariant: string) => void) {
    this.#violated = violated;
    for (const { key, figures } of limits) this.#figures.set(nameOf(key), figures);
  }

  /** The same store, watched. */
  over<T extends RunStore>(store: T): T {
    return watchedCommits(store, ({ runId, namespace, body }) => {
      for (const event of decodeTransition(body).events) this.#happened(runId, namespace, event);
    });
  }

  /** The same limits, watched. */
  overLimits<T extends LimitStore>(limits: T): T {
    const takeCalls: LimitStore['takeCalls'] = async (key, slots) => {
      const grants = await limits.takeCalls(key, slots);
      for (const place of grants.granted) this.#taken(key, slots[place]);
      return grants;
    };
    const releaseCalls: LimitStore['releaseCalls'] = async (key, slots) => {
      for (const slot of slots) this.#held.get(nameOf(key))?.delete(attemptOf(slot));
      await limits.releaseCalls(key, slots);
    };
    return new Proxy(limits, {
      get(target, name) {
        if (name === 'takeCalls') return takeCalls;
        if (name === 'releaseCalls') return releaseCalls;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }

  /** An agent is called. */
  called(slot: CallSlot, agentId: string): void {
    const standing = this.#runs.get(slot.runId);
    if (standing === undefined) return;
    const name = nameOf({ namespace: standing.namespace, key: `agent/${agentId}` });
    if (!this.#figures.has(name) || standing.isPaused) return;
    if (standing.open.get(slot.nodeId) !== slot.attempt) return;
    if (this.#held.get(name)?.has(attemptOf(slot)) !== true) {
      this.#violated(`W14: ${attemptOf(slot)} is called without a slot of ${name}`);
    }
  }

  #taken(key: LimitKey, slot: CallSlot | undefined): void {
    const name = nameOf(key);
    const figures = this.#figures.get(name);
    if (figures === undefined || slot === undefined) return;
    const held = this.#held.get(name) ?? new Set();
    this.#held.set(name, held.add(attemptOf(slot)));
    const { maxConcurrency = Infinity } = figures;
    if (held.size > maxConcurrency) this.#violated(`W14: ${held.size} slots of ${name}: ${[...held].join(' ')}`);
  }

  #happened(runId: string, namespace: string, event: RunEvent): void {
    let standing = this.#runs.get(runId);
    if (standing === undefined) {
      standing = { namespace, open: new Map(), last: new Map(), isPaused: false };
      this.#runs.set(runId, standing);
    }
    const { open, last } = standing;
    if (event.kind === 'node_scheduled') {
      open.set(event.nodeId, event.attempt);
      last.set(event.nodeId, event.attempt);
    } else if (event.kind === 'input_provided') open.set(event.nodeId, last.get(event.nodeId) ?? 1);
    else if (event.kind === 'run_paused') standing.isPaused = true;
    else if (event.kind === 'run_resumed') standing.isPaused = false;
    else if (ALL_REST.has(event.kind)) open.clear();
    else if (NODE_RESTS.has(event.kind) && 'nodeId' in event) open.delete(event.nodeId);
  }
}

function nameOf({ namespace, key }: LimitKey): string {
  return `${namespace}: ${key}`;
}

function attemptOf({ runId, nodeId, attempt }: CallSlot): string {
  return `${runId}/${nodeId}/${attempt}`;
}
