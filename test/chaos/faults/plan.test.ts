import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { GRAPHS } from '../load/graphs/all.ts';
import { DEFAULT_SIZE } from '../set/layout.ts';
import { faultKinds, FAULTS } from './catalogue.ts';
import { planRound, planSequence, type PlanOptions, type RoundPlan } from './plan.ts';

const options = (round: number, seed = 7): PlanOptions => ({
  seed,
  round,
  kinds: FAULTS,
  size: DEFAULT_SIZE,
  runs: 200,
});

/** Everything about a plan but the functions that carry it out. */
function told({ orders, loadMs, faults }: RoundPlan): unknown {
  return [orders, loadMs, faults.map(({ fault, atMs }) => [atMs, fault.text, fault.lastsMs, fault.silences])];
}

test('a seed gives the same round again, and another seed or number another round', () => {
  for (const round of [0, 1, FAULTS.length, 3 * FAULTS.length + 5]) {
    const plan = told(planRound(options(round)));
    assert.deepEqual(told(planRound(options(round))), plan);
    assert.ok(!isDeepStrictEqual(told(planRound(options(round + 1))), plan));
    assert.ok(!isDeepStrictEqual(told(planRound(options(round, 8))), plan));
  }
});

test('the first rounds have each kind of fault once, later ones two at a time', () => {
  const kindsOf = (round: number) => planRound(options(round)).faults.map(({ fault }) => fault.kind);
  const first = FAULTS.flatMap((_, round) => kindsOf(round));
  assert.deepEqual(first.toSorted(), FAULTS.map(({ name }) => name).toSorted());
  assert.equal(kindsOf(FAULTS.length).length, 2);
});

test('every fault begins in the middle of the load and is over before its end', () => {
  for (let round = 0; round < 2 * FAULTS.length; round += 1) {
    const { faults, loadMs, orders } = planRound(options(round));
    for (const { fault, atMs } of faults) assert.ok(atMs > 1000 && atMs + fault.lastsMs < loadMs - 1000);
    assert.equal(orders.length, 200);
    assert.deepEqual(
      GRAPHS.filter((graph) => !orders.some((order) => order.graph === graph)),
      [],
    );
  }
});

test('faults in turn do not overlap', () => {
  const { faults } = planSequence(options(0));
  assert.deepEqual(
    faults.map(({ fault }) => fault.kind),
    FAULTS.map(({ name }) => name),
  );
  for (const [index, { atMs }] of faults.entries()) {
    const before = faults[index - 1];
    if (before !== undefined) assert.ok(atMs > before.atMs + before.fault.lastsMs);
  }
});

test('kinds are found by name and by the beginning of it', () => {
  const names = (...wanted: string[]) => faultKinds(wanted).map(({ name }) => name);
  assert.deepEqual(names('kill-nats', 'fill'), ['fill-disk', 'kill-nats']);
  assert.ok(names('cut').length > 15 && names('cut').every((name) => name.startsWith('cut-')));
  assert.throws(() => faultKinds(['kil']), /there is no fault kil; there are: kill-scheduler /);
});
