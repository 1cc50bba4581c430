import { AssignmentState } from '@skein/contracts/registry';
import type { HostedStatus } from './hosted-instance.ts';
import { InstanceLog } from './instance-log.ts';

/** What the instances of this executor wrote, by assignment. A log begins and ends with the statuses of its instance. */
export class InstanceLogs {
  readonly #logs = new Map<string, InstanceLog>();

  /** Undefined: there is no such instance here, or no longer. */
  find(assignmentId: string): InstanceLog | undefined {
    return this.#logs.get(assignmentId);
  }

  write(assignmentId: string, text: string, timeMs: number): void {
    this.#logs.get(assignmentId)?.write(text, timeMs);
  }

  /** How an instance is now. */
  note({ assignmentId, state, restarts }: HostedStatus): void {
    if (state === AssignmentState.STOPPED) {
      this.#logs.get(assignmentId)?.end();
      this.#logs.delete(assignmentId);
      return;
    }
    const log = this.#logs.get(assignmentId) ?? new InstanceLog();
    log.restarts = restarts;
    this.#logs.set(assignmentId, log);
  }
}
