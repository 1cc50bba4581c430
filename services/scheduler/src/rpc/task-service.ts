import type { ServiceImpl } from '@connectrpc/connect';
import type { TaskService } from '@skein/contracts/scheduler';
import type { Dispatcher } from '../app/dispatcher.ts';
import type { Ownership } from '../app/ownership.ts';
import type { RunTokens } from '../app/run-token.ts';
import type { Peers } from '../app/peers.ts';
import type { RunRetention } from '../app/retention/run-retention.ts';
import type { RunEngine } from '../app/run-engine.ts';
import type { RunStore } from '../app/run-store.ts';
import { exchangeRpc } from './exchange.ts';
import { forwardReportsRpc } from './forward-reports.ts';
import { getPayloadsRpc } from './get-payloads.ts';
import { getRunEventsRpc } from './get-run-events.ts';
import { confirmRunDeletionsRpc, listRunDeletionsRpc } from './run-deletions.ts';
import { takeRunRpc } from './take-run.ts';

/** What the RPCs for executors and event-log are made of. */
export interface TaskRpcParts {
  readonly engine: RunEngine;
  readonly dispatcher: Dispatcher;
  readonly store: RunStore;
  readonly ownership: Ownership;
  readonly peers: Peers;
  readonly tokens: RunTokens;
  /** Takes a run that a peer cannot read. */
  readonly takeRun: (runId: string) => Promise<void>;
  /** Told of reports that could not be taken. */
  readonly onReportFailed: (runId: string, error: unknown) => void;
}

/** What the service is made of. */
export interface TaskServiceParts extends TaskRpcParts {
  /** Runs that event-log has to delete. */
  readonly retention: RunRetention;
}

/** skein.scheduler.v1.TaskService. */
export function taskService(parts: TaskServiceParts): ServiceImpl<typeof TaskService> {
  return {
    exchange: exchangeRpc(parts),
    forwardReports: forwardReportsRpc(parts),
    takeRun: takeRunRpc(parts),
    getRunEvents: getRunEventsRpc(parts),
    getPayloads: getPayloadsRpc(parts),
    listRunDeletions: listRunDeletionsRpc(parts),
    confirmRunDeletions: confirmRunDeletionsRpc(parts),
  };
}
