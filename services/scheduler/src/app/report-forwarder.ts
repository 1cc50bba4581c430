/**
 * Takes reports to the schedulers that own their runs.
 *
 * Owns: the reports of one turn of the event loop, gathered by owner. Does not own: what becomes of a report that
 * does not arrive; its executor sends it again.
 */
import type { TaskRef, TaskReport } from '@skein/contracts/scheduler';
import type { Member } from './ownership.ts';
import type { Peers } from './peers.ts';

/** A report did not get to the owner of its run. */
export class ForwardingError extends Error {
  override readonly name = 'ForwardingError';
}

interface Waiting {
  readonly report: TaskReport;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const TIMEOUT_MS = 5000;

/** The way of one executor's reports to other schedulers. */
export class ReportForwarder {
  readonly #peers: Peers;
  readonly #waiting = new Map<Member, Waiting[]>();

  constructor(peers: Peers) {
    this.#peers = peers;
  }

  /** Resolves when the owner has committed what the report says. */
  forward(owner: Member, executorId: string, report: TaskReport): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(owner);
      if (waiting !== undefined) return void waiting.push({ report, resolve, reject });
      this.#waiting.set(owner, [{ report, resolve, reject }]);
      setImmediate(() => void this.#send(owner, executorId));
    });
  }

  async #send(owner: Member, executorId: string): Promise<void> {
    const waiting = this.#waiting.get(owner) ?? [];
    this.#waiting.delete(owner);
    try {
      const reports = waiting.map(({ report }) => report);
      const { tasks } = this.#peers.at(owner);
      const { acknowledged } = await tasks.forwardReports({ executorId, reports }, { timeoutMs: TIMEOUT_MS });
      const taken = new Set(acknowledged.map(addressKey));
      for (const { report, resolve, reject } of waiting) {
        if (taken.has(addressKey(report.ref))) resolve();
        else reject(new ForwardingError(`scheduler ${owner.schedulerId} did not take the report`));
      }
    } catch (error) {
      const failure = new ForwardingError(`scheduler ${owner.schedulerId} does not answer`, { cause: error });
      for (const { reject } of waiting) reject(failure);
    }
  }
}

function addressKey(ref: TaskRef | undefined): string {
  return ref === undefined ? '' : `${ref.runId}/${ref.nodeId}/${ref.attempt}/${ref.dispatch}`;
}
