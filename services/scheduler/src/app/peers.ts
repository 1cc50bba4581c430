import type { Client } from '@connectrpc/connect';
import type { ApprovalService, RunService, TaskService } from '@skein/contracts/scheduler';
import type { Member } from './ownership.ts';

/** Another scheduler, as this one calls it. */
export interface Peer {
  readonly runs: Client<typeof RunService>;
  readonly approvals: Client<typeof ApprovalService>;
  readonly tasks: Client<typeof TaskService>;
}

/** The other schedulers. */
export interface Peers {
  /** The one that lives there; the connection is made at the first call. */
  at(member: Member): Peer;
}
