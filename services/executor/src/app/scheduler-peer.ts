import type { Client } from '@connectrpc/connect';
import type { TaskService } from '@skein/contracts/scheduler';

/** A scheduler to take tasks from. */
export interface SchedulerPeer {
  /** For messages: its address. */
  readonly name: string;
  readonly tasks: Client<typeof TaskService>;
}
