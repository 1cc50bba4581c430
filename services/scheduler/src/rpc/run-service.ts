import type { ServiceImpl } from '@connectrpc/connect';
import type { RunService } from '@skein/contracts/scheduler';
import type { AgentDirectory } from '../app/agent-directory.ts';
import type { Dispatcher } from '../app/dispatcher.ts';
import type { ImportRunDependencies } from '../app/import-run.ts';
import type { CalledRuns } from '../app/called-runs.ts';
import type { RunTokens } from '../app/run-token.ts';
import type { LimitLookUp } from '../app/limits/call-limit.ts';
import type { LimitStore } from '../app/limits/limit-store.ts';
import type { Ownership } from '../app/ownership.ts';
import type { Peers } from '../app/peers.ts';
import type { PlanCache } from '../app/plan-cache.ts';
import type { RunRetention } from '../app/retention/run-retention.ts';
import type { RunEngine } from '../app/run-engine.ts';
import type { RunStore } from '../app/run-store.ts';
import { awaitRunRpc } from './await-run.ts';
import { bulkRunsRpc } from './bulk-runs.ts';
import { cancelRunRpc, pauseRunRpc, resumeRunRpc, terminateRunRpc } from './control-run.ts';
import { countRunsRpc } from './count-runs.ts';
import { deleteRunRpc } from './delete-run.ts';
import { forkRunRpc, retryRunRpc } from './fork-run.ts';
import { getNodeInputRpc } from './get-node-input.ts';
import { getRunRpc } from './get-run.ts';
import { importRunRpc } from './import-run.ts';
import { listRunsRpc } from './list-runs.ts';
import { provideInputRpc } from './provide-input.ts';
import { signalRunRpc } from './signal-run.ts';
import { startRunRpc } from './start-run.ts';

/** What the RPCs about runs are made of. */
export interface RunRpcParts {
  readonly engine: RunEngine;
  readonly dispatcher: Dispatcher;
  readonly store: RunStore;
  /** Whom runs in state CREATED wait for. */
  readonly limits: Pick<LimitStore, 'placeOf'>;
  readonly book: LimitLookUp;
  readonly plans: PlanCache;
  readonly agents: AgentDirectory;
  readonly ownership: Ownership;
  readonly peers: Peers;
  readonly retention: RunRetention;
  /** Child runs that agents have started. */
  readonly called: Pick<CalledRuns, 'start'>;
  readonly tokens: RunTokens;
}

/** What the service is made of. */
export interface RunServiceParts extends RunRpcParts {
  readonly imports: ImportRunDependencies;
}

/** skein.scheduler.v1.RunService. */
export function runService(parts: RunServiceParts): ServiceImpl<typeof RunService> {
  return {
    startRun: startRunRpc(parts),
    awaitRun: awaitRunRpc(parts),
    getRun: getRunRpc(parts),
    getNodeInput: getNodeInputRpc(parts),
    listRuns: listRunsRpc(parts),
    countRuns: countRunsRpc(parts),
    bulkRuns: bulkRunsRpc(parts),
    cancelRun: cancelRunRpc(parts),
    terminateRun: terminateRunRpc(parts),
    pauseRun: pauseRunRpc(parts),
    resumeRun: resumeRunRpc(parts),
    signalRun: signalRunRpc(parts),
    provideInput: provideInputRpc(parts),
    forkRun: forkRunRpc(parts),
    retryRun: retryRunRpc(parts),
    importRun: importRunRpc(parts.imports),
    deleteRun: deleteRunRpc(parts),
  };
}
