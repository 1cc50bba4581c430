import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConcurrencyBudget } from './concurrency-budget.ts';

test('the members share the budget evenly, and what is over goes to the first', () => {
  const budget = new ConcurrencyBudget(8);
  const members = [{}, {}, {}];
  for (const member of members) budget.join(member, () => {});
  assert.deepEqual(
    members.map((member) => budget.shareOf(member)),
    [3, 3, 2],
  );
  assert.equal(budget.shareOf({}), 0);
});

test('each member has at least one task', () => {
  const budget = new ConcurrencyBudget(1);
  const members = [{}, {}];
  for (const member of members) budget.join(member, () => {});
  assert.deepEqual(
    members.map((member) => budget.shareOf(member)),
    [1, 1],
  );
});

test('those who stay are told when one leaves', () => {
  const budget = new ConcurrencyBudget(8);
  const [stays, leaves] = [{}, {}];
  const shares: number[] = [];
  budget.join(stays, () => shares.push(budget.shareOf(stays)));
  budget.join(leaves, () => assert.fail('it has left'));
  budget.leave(leaves);
  budget.leave(leaves);
  assert.deepEqual(shares, [8]);
});
