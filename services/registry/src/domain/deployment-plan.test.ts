import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNews, planDeployment, type DeploymentPlan } from './deployment-plan.ts';
import {
  ROLLOUT_DEFAULTS,
  type AssignmentRecord,
  type DeploymentState,
  type HostExecutor,
} from './deployment-record.ts';

const NOW = 1_000_000;

const executor = (executorId: string, assigned = 0, capacity = 10): HostExecutor => ({
  executorId,
  assigned,
  capacity,
  runtimes: ['process'],
});

/** `a2 running` is an instance `a2`, of revision 2, on executor e-1. */
function instance(assignmentId: string, about: Partial<AssignmentRecord> = {}): AssignmentRecord {
  const running = { state: 'RUNNING', readyAtMs: NOW - 1000 } as const;
  const rest = {
    endpoint: '',
    pid: 0,
    restarts: 0,
    failure: '',
    containerId: '',
    notice: '',
    wanted: true,
    createdAtMs: NOW - 5000,
  };
  return { assignmentId, revision: Number(assignmentId.at(-1)), executorId: 'e-1', ...rest, ...running, ...about };
}

function deployment(about: Partial<DeploymentState>): DeploymentState {
  return {
    replicas: 2,
    rollout: ROLLOUT_DEFAULTS,
    revision: 1,
    completeRevision: 0,
    progressCount: 0,
    progressAtMs: NOW - 1000,
    deleting: false,
    obstacle: '',
    runtime: 'process',
    assignments: [],
    ...about,
  };
}

const starting = { state: 'STARTING', readyAtMs: undefined } as const;
const E = [executor('e-1'), executor('e-2')];

const CASES: readonly {
  readonly name: string;
  readonly about: Partial<DeploymentState>;
  readonly executors?: readonly HostExecutor[];
  readonly plan: Partial<DeploymentPlan>;
}[] = [
  { name: 'a new one is spread', about: { replicas: 3 }, plan: { start: ['e-1', 'e-2', 'e-1'] } },
  {
    name: 'the emptier executor comes first',
    about: { replicas: 1 },
    executors: [executor('e-1', 5), executor('e-2', 2)],
    plan: { start: ['e-2'] },
  },
  {
    name: 'without an executor it says so',
    about: {},
    executors: [],
    plan: { obstacle: 'no executor has the runtime process: start one with SKEIN_EXECUTOR_RUNTIMES=process' },
  },
  {
    name: 'what fits is started, and what does not is said',
    about: {},
    executors: [executor('e-1', 9)],
    plan: {
      start: ['e-1'],
      obstacle: 'no executor with the runtime process has room: start another, or raise SKEIN_EXECUTOR_CAPACITY',
    },
  },
  {
    name: 'those of an executor that is gone are given to others',
    about: {
      completeRevision: 1,
      progressCount: 2,
      assignments: [instance('a1', { executorId: 'gone' }), instance('b1')],
    },
    executors: [executor('e-1', 1), executor('e-2', 0)],
    plan: { forget: ['a1'], start: ['e-2'], progressCount: 1 },
  },
  {
    name: 'one that has stopped without being asked is replaced',
    about: { replicas: 1, assignments: [instance('a1', { state: 'STOPPED' })] },
    plan: { forget: ['a1'], start: ['e-1'] },
  },
  {
    name: 'every step forward is written down',
    about: { assignments: [instance('a1'), instance('b1', starting)] },
    plan: { progressCount: 1 },
  },
  {
    name: 'it is complete when all are available',
    about: { progressCount: 2, assignments: [instance('a1'), instance('b1')] },
    plan: { completes: true },
  },
  {
    name: 'an instance counts when it has been ready for long enough',
    about: { rollout: { ...ROLLOUT_DEFAULTS, minReadyMs: 2000 }, assignments: [instance('a1'), instance('b1')] },
    plan: {},
  },
  {
    name: 'scaled down, what does not serve goes first, then the youngest',
    about: {
      replicas: 1,
      completeRevision: 1,
      progressCount: 2,
      assignments: [instance('a1'), instance('b1', { createdAtMs: NOW }), instance('c1', starting)],
    },
    plan: { stop: ['c1', 'b1'] },
  },
  {
    name: 'scaled to none, all stop, of every revision',
    about: { replicas: 0, revision: 2, completeRevision: 1, assignments: [instance('a1'), instance('b1')] },
    plan: { stop: ['a1', 'b1'] },
  },
  {
    name: 'a rollout begins with one more, and stops nobody',
    about: { revision: 2, completeRevision: 1, assignments: [instance('a1'), instance('b1')] },
    plan: { start: ['e-2'] },
  },
  {
    name: 'for each new one that is available an old one stops',
    about: {
      revision: 2,
      completeRevision: 1,
      progressCount: 1,
      assignments: [instance('a1'), instance('b1'), instance('c2')],
    },
    plan: { stop: ['a1'] },
  },
  {
    name: 'an old one that does not serve stops at once',
    about: { revision: 2, completeRevision: 1, assignments: [instance('a1'), instance('b1', starting)] },
    plan: { start: ['e-2'], stop: ['b1'] },
  },
  {
    name: 'with max_unavailable an old one stops before',
    about: {
      revision: 2,
      completeRevision: 1,
      rollout: { ...ROLLOUT_DEFAULTS, maxUnavailable: 1, maxSurge: 0 },
      assignments: [instance('a1'), instance('b1')],
    },
    plan: { stop: ['a1'] },
  },
  {
    name: 'after the deadline it goes back, and says why',
    about: {
      revision: 2,
      completeRevision: 1,
      progressAtMs: NOW - 300_000,
      assignments: [instance('a1'), instance('b1'), instance('c2', { ...starting, failure: 'exit code 1' })],
    },
    plan: { rollBack: { revision: 1, why: 'exit code 1' } },
  },
  {
    name: 'one that was complete stays, however long it takes',
    about: {
      completeRevision: 1,
      progressCount: 1,
      progressAtMs: NOW - 900_000,
      assignments: [instance('a1'), instance('b1', starting)],
    },
    plan: {},
  },
  {
    name: 'the first revision has nothing to go back to',
    about: { progressAtMs: NOW - 900_000, assignments: [instance('a1', starting), instance('b1', starting)] },
    plan: {},
  },
  {
    name: 'deleted, all stop',
    about: { deleting: true, assignments: [instance('a1'), instance('b1', { wanted: false, state: 'STOPPING' })] },
    plan: { stop: ['a1'] },
  },
  {
    name: 'deleted, it is over when the last has stopped',
    about: { deleting: true, assignments: [instance('a1', { state: 'STOPPED' })] },
    plan: { forget: ['a1'], isOver: true },
  },
];

for (const { name, about, executors = E, plan } of CASES) {
  test(`a deployment: ${name}`, () => {
    const { forget, stop, start, completes, progressCount, rollBack, obstacle, isOver } = planDeployment(
      deployment(about),
      executors,
      NOW,
    );
    const made = { forget, stop, start, completes, progressCount, rollBack, obstacle, isOver };
    const nothing = { forget: [], stop: [], start: [], completes: false, obstacle: '', isOver: false };
    assert.deepEqual(made, { ...nothing, progressCount: undefined, rollBack: undefined, ...plan });
    assert.equal(isNews(made, ''), Object.keys(plan).length > 0);
  });
}

test('a rollout ends, one step after the other, and never has fewer or more than allowed', () => {
  for (const [maxUnavailable, maxSurge] of [
    [0, 1],
    [1, 0],
    [2, 2],
    [0, 5],
  ] as const) {
    const rollout = { ...ROLLOUT_DEFAULTS, maxUnavailable, maxSurge };
    let assignments = Array.from({ length: 5 }, (_, at) => instance(`${at}-1`));
    let steps = 0;
    let isComplete = false;
    while (!isComplete) {
      assert.ok((steps += 1) < 50, 'it ends');
      const state = deployment({
        replicas: 5,
        revision: 2,
        completeRevision: 1,
        rollout,
        assignments,
        progressCount: 5,
      });
      const plan = planDeployment(state, [executor('e-1', 0, 100)], NOW);
      isComplete = plan.completes;
      assignments = assignments.filter(({ assignmentId }) => !plan.stop.includes(assignmentId));
      assert.ok(assignments.filter(({ state: at }) => at === 'RUNNING').length >= 5 - maxUnavailable);
      // What was started before becomes ready one by one.
      const late = assignments.findIndex(({ state: at }) => at === 'STARTING');
      assignments = assignments.map((each, at) => (at === late ? instance(each.assignmentId) : each));
      assignments.push(...plan.start.map((_, at) => instance(`${steps}.${at}-2`, starting)));
      assert.ok(assignments.length <= 5 + maxSurge);
    }
    assert.deepEqual(new Set(assignments.map(({ revision }) => revision)), new Set([2]));
  }
});
