import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { ApprovalService, RunService, TaskService } from '@skein/contracts/scheduler';
import { compileWorkflow } from '@skein/domain';
import { UnknownEventError } from '@skein/events';
import { bind, directTransport } from '@skein/rpc';
import { v7 as uuidv7 } from 'uuid';
import { MemoryCalledRunStore } from '../adapters/memory/called-run-store.ts';
import { MemoryLimitStore } from '../adapters/memory/limit-store.ts';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { ONE_AGENT, sampleStart } from '../testing/engine-rig.ts';
import { Ownership, type Member } from './ownership.ts';
import type { RunStore } from './run-store.ts';
import { SchedulerCore } from './scheduler-core.ts';

const plan = compileWorkflow(ONE_AGENT);
const MEMBERS: readonly Member[] = [
  { schedulerId: 'newer', address: '127.0.0.1:2', historyVersion: 2 },
  { schedulerId: 'older', address: '127.0.0.1:1', historyVersion: 1 },
];

/** Cannot read what a newer version has written. */
class OlderStore extends MemoryRunStore {
  readonly #inner: RunStore;

  constructor(inner: RunStore) {
    super();
    this.#inner = inner;
  }

  override openRuns(...query: Parameters<RunStore['openRuns']>) {
    return this.#inner.openRuns(...query);
  }

  override load(): never {
    throw new UnknownEventError('an event of a newer version');
  }
}

function coreOf(schedulerId: string, store: RunStore, asked: (runId: string) => Promise<void>) {
  const ownership = new Ownership({ schedulerId, isFresh: () => true, monotonicMs: () => performance.now() });
  const tasks = bind(TaskService, {
    async *exchange() {},
    forwardReports: () => ({}),
    getRunEvents: () => ({}),
    getPayloads: () => ({}),
    listRunDeletions: () => ({}),
    confirmRunDeletions: () => ({}),
    async takeRun({ runId }) {
      await asked(runId);
      return {};
    },
  });
  const transport = directTransport([tasks]);
  const told: string[] = [];
  const core = new SchedulerCore({
    store,
    limits: new MemoryLimitStore({ runs: store }),
    calledRuns: new MemoryCalledRunStore(store),
    ownership,
    peers: {
      at: () => ({
        runs: createClient(RunService, transport),
        approvals: createClient(ApprovalService, transport),
        tasks: createClient(TaskService, transport),
      }),
    },
    plans: { stored: async () => ({ version: 1, plan }), ofRun: async () => plan },
    carrier: { maxPayloadBytes: 1024 * 1024, publishEventBatch: async () => {} },
    observer: {
      transitionCommitted: () => {},
      raceLost: () => {},
      runSetAside: (runId) => void told.push(runId),
      storeFailed: () => {},
      reportFailed: () => {},
      publishFailed: () => {},
      runsWaiting: () => {},
      callsWaiting: () => {},
    },
    newCommitId: uuidv7,
    nowMs: Date.now,
    random: () => 0.5,
  });
  return { core, ownership, told };
}

test('R10 a run that its owner cannot read goes to a newer member, which folds it; calls follow', async () => {
  const store = new MemoryRunStore();
  const newer = coreOf('newer', store, async () => {});
  await newer.core.membersChanged(MEMBERS, true);
  const older = coreOf('older', new OlderStore(store), (runId) => newer.core.takeRun(runId));
  older.ownership.update(MEMBERS);
  const runId = older.ownership.newRunId();
  const alone = coreOf('newer', store, async () => {});
  await alone.core.membersChanged(MEMBERS.slice(0, 1), true);
  await alone.core.engine.start(sampleStart(runId, plan));
  assert.equal(newer.ownership.owns(runId), false);

  await older.core.keeper.adoptAll();
  assert.ok(newer.core.engine.peek(runId), 'the newer one has it');
  assert.equal(newer.ownership.owns(runId), true);
  assert.equal(older.ownership.ownerOf(runId)?.schedulerId, 'newer');
  assert.deepEqual(older.told, []);

  older.ownership.update(MEMBERS);
  assert.equal(older.ownership.owns(runId), true, 'when the members change it is looked at anew');
  for (const { core } of [newer, older, alone]) await core[Symbol.asyncDispose]();
});

test('R10 a run that nobody takes waits for an operator', async () => {
  const store = new MemoryRunStore();
  const older = coreOf('older', new OlderStore(store), async () => {
    throw new Error('cannot read it either');
  });
  older.ownership.update(MEMBERS);
  const alone = coreOf('older', store, async () => {});
  await alone.core.membersChanged(MEMBERS.slice(1), true);
  const runId = older.ownership.newRunId();
  await alone.core.engine.start(sampleStart(runId, plan));
  await older.core.keeper.adoptAll();
  assert.deepEqual(older.told, [runId]);
  for (const { core } of [older, alone]) await core[Symbol.asyncDispose]();
});
