import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNews, NOTHING, type DeploymentPlan } from './deployment-decision.ts';
import { planDeployment } from './deployment-plan.ts';
import {
  ROLLOUT_DEFAULTS,
  type AssignmentRecord,
  type DeploymentState,
  type HostExecutor,
} from './deployment-record.ts';

const NOW = 1_000_000;

const executor = (executorId: string, runtimes = ['external']): HostExecutor => ({
  executorId,
  assigned: 0,
  capacity: 10,
  runtimes,
});

function assignment(assignmentId: string, about: Partial<AssignmentRecord> = {}): AssignmentRecord {
  return {
    assignmentId,
    revision: 1,
    executorId: 'e-1',
    wanted: true,
    state: 'RUNNING',
    endpoint: '',
    pid: 0,
    restarts: 0,
    failure: '',
    containerId: '',
    notice: '',
    endpoints: ['http://a', 'http://b'],
    updatedReplicas: 2,
    createdAtMs: NOW - 5000,
    readyAtMs: NOW - 1000,
    ...about,
  };
}

const E = [executor('e-1'), executor('e-2')];
const DONE = { completeRevision: 1, progressCount: 2 };

const CASES: readonly {
  readonly name: string;
  readonly about: Partial<DeploymentState>;
  readonly executors?: readonly HostExecutor[];
  readonly plan: Partial<DeploymentPlan>;
}[] = [
  { name: 'a new one is given to one executor, however many instances it has', about: {}, plan: { start: ['e-1'] } },
  {
    name: 'only one that has the function gets it',
    about: { runtime: 'in_process.triage' },
    executors: [executor('e-1', ['in_process.other']), executor('e-2', ['in_process.triage'])],
    plan: { start: ['e-2'] },
  },
  {
    name: 'without an executor it says so',
    about: {},
    executors: [],
    plan: { obstacle: 'no executor has the runtime external: start one with SKEIN_EXECUTOR_RUNTIMES=external' },
  },
  {
    name: 'every step forward is written down',
    about: { assignments: [assignment('a', { updatedReplicas: 1 })] },
    plan: { progressCount: 1 },
  },
  {
    name: 'it is complete when all are of the newest revision',
    about: { ...DONE, completeRevision: 0, assignments: [assignment('a')] },
    plan: { completes: true },
  },
  { name: 'then nothing is left to do', about: { ...DONE, assignments: [assignment('a')] }, plan: {} },
  {
    name: 'a new revision changes what there is',
    about: { ...DONE, revision: 2, assignments: [assignment('a')] },
    plan: { adopt: ['a'] },
  },
  {
    name: 'a function that its executor does not have is wanted of another',
    about: { ...DONE, revision: 2, runtime: 'in_process.other', assignments: [assignment('a')] },
    executors: [executor('e-1', ['in_process.triage']), executor('e-2', ['in_process.other'])],
    plan: { stop: ['a'] },
  },
  {
    name: 'and given to that once it is told to stop',
    about: {
      ...DONE,
      revision: 2,
      runtime: 'in_process.other',
      assignments: [assignment('a', { wanted: false, state: 'STOPPING' })],
    },
    executors: [executor('e-1', ['in_process.triage']), executor('e-2', ['in_process.other'])],
    plan: { start: ['e-2'] },
  },
  {
    name: 'after the deadline it goes back, and says why',
    about: {
      ...DONE,
      revision: 2,
      progressCount: 0,
      progressAtMs: NOW - 300_000,
      assignments: [
        assignment('a', {
          revision: 2,
          updatedReplicas: 0,
          state: 'STARTING',
          failure: 'GET /health is answered with 500',
        }),
      ],
    },
    plan: { rollBack: { revision: 1, why: 'GET /health is answered with 500' } },
  },
  {
    name: 'that of an executor that is gone is given to another',
    about: { ...DONE, assignments: [assignment('a', { executorId: 'gone' })] },
    plan: { forget: ['a'], start: ['e-1'] },
  },
  {
    name: 'deleted, its executor takes it away',
    about: { deleting: true, assignments: [assignment('a')] },
    plan: { stop: ['a'] },
  },
  {
    name: 'that takes its time',
    about: { deleting: true, assignments: [assignment('a', { wanted: false, state: 'STOPPING' })] },
    plan: {},
  },
  {
    name: 'it is over when it has',
    about: { deleting: true, assignments: [assignment('a', { wanted: false, state: 'STOPPED' })] },
    plan: { forget: ['a'], isOver: true },
  },
  {
    name: 'what an executor that is gone has left is taken away by another',
    about: { runtime: 'kubernetes', deleting: true, assignments: [assignment('a', { executorId: 'gone' })] },
    executors: [executor('e-1', ['kubernetes'])],
    plan: { forget: ['a'], cleanUp: ['e-1'] },
  },
  {
    name: 'there has to be one',
    about: { runtime: 'kubernetes', deleting: true, assignments: [] },
    executors: [],
    plan: { obstacle: 'no executor has the runtime kubernetes: start one with SKEIN_EXECUTOR_RUNTIMES=kubernetes' },
  },
];

for (const { name, about, executors = E, plan } of CASES) {
  test(`a deployment as a whole: ${name}`, () => {
    const state: DeploymentState = {
      replicas: 2,
      rollout: ROLLOUT_DEFAULTS,
      revision: 1,
      completeRevision: 0,
      progressCount: 0,
      progressAtMs: NOW - 1000,
      deleting: false,
      obstacle: '',
      runtime: 'external',
      autoscaling: undefined,
      assignments: [],
      ...about,
    };
    const made = planDeployment(state, executors, NOW);
    assert.deepEqual(made, { ...NOTHING, ...plan });
    assert.equal(isNews(made, ''), Object.keys(plan).length > 0);
  });
}
