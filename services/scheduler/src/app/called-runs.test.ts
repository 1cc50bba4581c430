import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RunCommand, RunState } from '@skein/domain';
import { turn } from '../testing/engine-rig.ts';
import { CalledRuns, type CalledRun, type KnownCall } from './called-runs.ts';

const CALL: CalledRun = { runId: 'child', parentRunId: 'parent', nodeId: 'work' };
const OPEN: KnownCall = { ...CALL, hasBegun: true, isOver: false, parentEnd: undefined };
const SHARDS = [1];

/** What is known of the child and its parent, and what the child was told. */
class Stage {
  readonly told: RunCommand['kind'][] = [];
  readonly states = new Map<string, RunState>();
  /** Parents that are not in memory. */
  readonly parked = new Map<string, RunState>();
  rows: readonly KnownCall[] = [];
  removed = 0;
  refusal: Error | undefined;
  readonly called = new CalledRuns({
    store: {
      add: () => Promise.resolve(),
      remove: () => Promise.resolve(void (this.removed += 1)),
      ofShards: () => Promise.resolve(this.rows),
    },
    stateOf: (runId) => this.states.get(runId),
    adopt: (runId) => Promise.resolve(this.load(runId)),
    submit: (_, { kind }) => {
      if (this.refusal !== undefined) return Promise.reject(this.refusal);
      this.told.push(kind);
      return Promise.resolve();
    },
    onFailed: () => {},
  });

  /** Where the parent stands, in memory. */
  parent(change: { readonly status?: string; readonly node?: string; readonly isPaused?: boolean }): RunState {
    const state = parentState(change);
    this.states.set('parent', state);
    return state;
  }

  load(runId: string): void {
    const state = this.parked.get(runId);
    if (state === undefined) return;
    this.states.set(runId, state);
    this.called.afterTransition(state, []);
  }
}

function parentState({ status = 'RUNNING', node = 'RUNNING', isPaused = false }): RunState {
  const nodes = new Map([['work', { id: 'work', status: node }]]);
  const pause = isPaused ? { atMs: 0, reason: 'not now' } : undefined;
  return { runId: 'parent', status, nodes, pause, pausedNodes: new Map() } as unknown as RunState;
}

function childState(reason?: string): RunState {
  const parent = { runId: 'parent', nodeId: 'work', called: true };
  return { runId: 'child', parent, pause: reason === undefined ? undefined : { reason } } as unknown as RunState;
}

suite('runs that agents have started', () => {
  test('A2 a start that is sent again and finds its own run still has it stopped with the node', async () => {
    const stage = new Stage();
    stage.parent({});
    await stage.called.start(CALL, () => Promise.resolve({ created: true }));
    await stage.called.start(CALL, () => Promise.resolve({ created: false, runId: 'child' }));
    assert.equal(stage.removed, 0);
    stage.called.afterTransition(stage.parent({ node: 'SUCCEEDED' }), []);
    await turn();
    assert.deepEqual(stage.told, ['cancel_run']);
  });

  test('A2 a run whose parent ended before anybody knew of the call is stopped with the next look', async () => {
    const stage = new Stage();
    await stage.called.catchUp(SHARDS, true);
    await stage.called.start(CALL, () => Promise.resolve({ created: true }));
    assert.deepEqual(stage.told, []);
    stage.rows = [{ ...OPEN, parentEnd: 'otherwise' }];
    await stage.called.catchUp(SHARDS, true);
    await turn();
    assert.deepEqual(stage.told, ['cancel_run']);
  });

  test('A1 a start that finds another run is nothing to remember', async () => {
    const stage = new Stage();
    stage.parent({});
    await stage.called.start(CALL, () => Promise.resolve({ created: false, runId: 'another' }));
    assert.equal(stage.removed, 1);
    stage.called.afterTransition(stage.parent({ node: 'SUCCEEDED' }), []);
    await turn();
    assert.deepEqual(stage.told, []);
  });

  test('A3 a run that began though its start failed is found, however late', async () => {
    const stage = new Stage();
    stage.parent({});
    await stage.called.catchUp(SHARDS, true);
    await assert.rejects(stage.called.start(CALL, () => Promise.reject(new Error('no answer'))));
    stage.rows = [{ ...OPEN, hasBegun: false }];
    await stage.called.catchUp(SHARDS, true);
    stage.rows = [{ ...OPEN, parentEnd: 'otherwise' }];
    await stage.called.catchUp(SHARDS, true);
    await turn();
    assert.deepEqual(stage.told, ['cancel_run']);
  });

  test('A3 a run that could not be stopped is tried again', async () => {
    const stage = new Stage();
    stage.parent({});
    await stage.called.catchUp(SHARDS, true);
    await stage.called.start(CALL, () => Promise.resolve({ created: true }));
    stage.refusal = new Error('busy');
    stage.called.afterTransition(stage.parent({ status: 'TERMINATED' }), []);
    await turn();
    stage.refusal = undefined;
    stage.rows = [{ ...OPEN, parentEnd: 'terminated' }];
    await stage.called.catchUp(SHARDS, true);
    await turn();
    assert.deepEqual(stage.told, ['terminate_run']);
  });

  test('A3 nobody looks again where all is known, and somebody does while a former owner is at work', async () => {
    const stage = new Stage();
    await stage.called.catchUp(SHARDS, false);
    stage.rows = [{ ...OPEN, parentEnd: 'otherwise' }];
    await stage.called.catchUp(SHARDS, true);
    await stage.called.catchUp(SHARDS, true);
    await turn();
    assert.deepEqual(stage.told, ['cancel_run']);
  });

  test('A3 the node of a parent that rests outside of memory is looked at', async () => {
    const stage = new Stage();
    stage.parked.set('parent', parentState({ status: 'WAITING', node: 'SUCCEEDED' }));
    stage.rows = [OPEN];
    await stage.called.catchUp(SHARDS, true);
    await turn();
    assert.deepEqual(stage.told, ['cancel_run']);
  });

  test('A4 a run that begins while its parent is held back rests, as does one that is loaded then', async () => {
    const stage = new Stage();
    stage.parent({ isPaused: true });
    stage.states.set('child', childState());
    await stage.called.start(CALL, () => Promise.resolve({ created: true }));
    stage.called.loaded(childState());
    await turn();
    assert.deepEqual(stage.told, ['pause_run', 'pause_run']);
  });

  test('A4 a run goes on whose parent does, unless somebody has paused it by itself', async () => {
    const stage = new Stage();
    stage.parent({});
    stage.states.set('child', childState('its parent run is paused'));
    stage.called.loaded(childState());
    stage.states.set('child', childState('somebody said so'));
    stage.called.loaded(childState());
    await turn();
    assert.deepEqual(stage.told, ['resume_run']);
  });
});
