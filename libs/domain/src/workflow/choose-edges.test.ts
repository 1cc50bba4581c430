import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { ExpressionError } from '../expression/errors.ts';
import { testScope } from '../expression/scope-fixture.ts';
import { chooseEdges, type EdgeChoice } from './choose-edges.ts';
import type { Branch, EdgeOutcome } from './definition.ts';
import { nodeOf, testPlan } from './plan-fixture.ts';

const scope = testScope({ input: { yes: true, no: false } });
const targets = ['a', 'b', 'c', 'd', 'e'];

interface Way {
  readonly condition?: string;
  readonly on?: EdgeOutcome;
}

function choose(ways: readonly Way[], branch?: Branch, outcome: EdgeOutcome = 'success'): EdgeChoice {
  const edges = ways.map((way, i) => ({ from: 'n', to: targets[i] ?? 'a', ...way }));
  const plan = testPlan(
    [{ id: 'n', type: 'decision', ...(branch === undefined ? {} : { branch }) }, ...targets],
    edges,
  );
  return chooseEdges(nodeOf(plan, 'n'), scope, outcome);
}

const yes: Way = { condition: 'input.yes' };
const no: Way = { condition: 'input.no' };
const missing: Way = { condition: "input.nope != 'x'" };
const plain: Way = {};

describe('choosing edges', () => {
  const cases: readonly (readonly [
    what: string,
    ways: readonly Way[],
    branch: Branch | undefined,
    taken: readonly number[],
  ])[] = [
    ['no edges: the branch ends', [], undefined, []],
    ['one edge without a condition', [plain], undefined, [0]],
    ['several without conditions: all of them', [plain, plain, plain], undefined, [0, 1, 2]],
    ['several without conditions, one wanted', [plain, plain], 'first', [0]],
    ['the first that holds', [no, yes, yes], undefined, [1]],
    ['nothing holds, no fallback: the branch ends', [no, no], undefined, []],
    ['nothing holds: the fallback', [no, plain, no], undefined, [1]],
    ['a fallback before a condition that holds', [plain, yes], undefined, [1]],
    ['several fallbacks: the first', [plain, no, plain], undefined, [0]],
    ['every one that holds', [yes, no, yes, plain], 'all', [0, 2]],
    ['every one, none holds: the fallback', [no, no, plain], 'all', [2]],
    ['every one, none holds, several fallbacks: the first', [no, plain, plain], 'all', [1]],
    ['every one, without conditions', [plain, plain], 'all', [0, 1]],
    [
      'the words for a fallback',
      [{ condition: 'default' }, no, { condition: ' always ' }, { condition: '' }],
      undefined,
      [0],
    ],
  ];
  for (const [what, ways, branch, taken] of cases) {
    it(what, () => assert.deepEqual(choose(ways, branch), { taken, missing: [] }));
  }

  it('a missing path makes a condition false and is told', () => {
    assert.deepEqual(choose([missing, yes]), { taken: [1], missing: [{ edge: 0, path: 'input.nope' }] });
    assert.deepEqual(choose([missing, missing]).taken, []);
  });

  it('conditions after the one that holds are not looked at', () => {
    assert.deepEqual(choose([yes, missing, { condition: '1 / 0 == 1' }]), { taken: [0], missing: [] });
  });

  it('a condition that fails otherwise is an error', () => {
    assert.throws(() => choose([{ condition: '1 / 0 == 1' }, plain]), ExpressionError);
  });

  it('success and error have their own edges', () => {
    const ways: readonly Way[] = [plain, { on: 'error', condition: 'input.no' }, { on: 'error' }, yes];
    assert.deepEqual(choose(ways).taken, [3]);
    assert.deepEqual(choose(ways, undefined, 'error').taken, [2]);
    assert.deepEqual(choose([plain, plain, { on: 'error' }]).taken, [0, 1]);
    assert.deepEqual(choose([plain], undefined, 'error').taken, []);
  });
});

test('whatever the edges: the rule', () => {
  const kinds = { yes, no, missing, plain };
  const way = fc.constantFrom<keyof typeof kinds>('yes', 'no', 'missing', 'plain');
  fc.assert(
    fc.property(
      fc.array(way, { maxLength: 5 }),
      fc.constantFrom<Branch | undefined>('first', 'all', undefined),
      (names, branch) => {
        const { taken } = choose(
          names.map((name) => kinds[name]),
          branch,
        );
        const holding = names.flatMap((name, i) => (name === 'yes' ? [i] : []));
        const fallback = names.indexOf('plain');
        const onlyPlain = names.every((name) => name === 'plain');
        if (onlyPlain) assert.equal(taken.length, branch === 'first' ? Math.min(1, names.length) : names.length);
        else if (holding.length > 0) assert.deepEqual(taken, branch === 'all' ? holding : holding.slice(0, 1));
        else assert.deepEqual(taken, fallback === -1 ? [] : [fallback]);
      },
    ),
  );
});
