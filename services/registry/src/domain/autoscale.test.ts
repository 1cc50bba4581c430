import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AUTOSCALE_DEFAULTS,
  decideScale,
  type AutoscaleSettings,
  type ScaleDecision,
  type ScaleFacts,
} from './autoscale.ts';

const NOW = 10_000_000;
const MINUTE = 60_000;

/** As many instances as loads are given, unless `replicas` says otherwise. */
function facts(loads: readonly number[], about: Partial<ScaleFacts> = {}, settings: Partial<AutoscaleSettings> = {}) {
  return {
    replicas: loads.length,
    uses: loads.map((load) => ({ load, inFlight: 0 })),
    pending: undefined,
    usedAtMs: NOW,
    isComplete: true,
    ...about,
    settings: { ...AUTOSCALE_DEFAULTS, ...settings },
  };
}

const pendingDown = (replicas: number, agoMs: number) =>
  ({ direction: 'DOWN', sinceMs: NOW - agoMs, replicas }) as const;
const AT_ONCE = { scaleDownStabilizationMs: 0 };
const TO_ZERO = { minReplicas: 0, idleTimeoutMs: MINUTE };

const CASES: readonly { readonly name: string; readonly facts: ScaleFacts; readonly is: Partial<ScaleDecision> }[] = [
  {
    name: 'between the thresholds nothing changes',
    facts: facts([0.75, 0.4]),
    is: { replicas: 2, desired: 2, reason: '' },
  },
  {
    name: 'at the upper one there are as many as bring the load to its target',
    facts: facts([0.9, 0.9, 0.9]),
    is: { replicas: 4, reason: 'the load 0.9 is at or above 0.8' },
  },
  { name: 'what is exact is not rounded up', facts: facts([1.05, 1.05]), is: { replicas: 3 } },
  { name: 'calls in hand may be more than an instance is made for', facts: facts([5, 4]), is: { replicas: 10 } },
  {
    name: 'instances that do not say count by their calls',
    facts: facts([0, 0], {
      uses: [
        { load: undefined, inFlight: 10 },
        { load: undefined, inFlight: 8 },
      ],
    }),
    is: { replicas: 3, load: 0.9 },
  },
  {
    name: 'what starts is counted on: there are not more again meanwhile',
    facts: facts([0.9, 0.9, 0.9], { replicas: 4 }),
    is: { replicas: 4, load: 0.9 },
  },
  {
    name: 'more may have to be wanted for some time, and the least of it counts',
    facts: facts(
      [1, 1],
      { pending: { direction: 'UP', sinceMs: NOW - 1000, replicas: 3 } },
      { maxReplicas: 20, scaleUpStabilizationMs: 2000, targetLoad: 0.5 },
    ),
    is: { replicas: 2, desired: 4, pending: { direction: 'UP', sinceMs: NOW - 1000, replicas: 3 } },
  },
  {
    name: 'fewer are waited for',
    facts: facts([0.1, 0.1, 0.1, 0.1]),
    is: { replicas: 4, desired: 2, pending: { direction: 'DOWN', sinceMs: NOW, replicas: 2 } },
  },
  {
    name: 'the most that was wanted meanwhile is what is left',
    facts: facts([0.1, 0.1, 0.1, 0.1, 0.1], { pending: pendingDown(3, 5 * MINUTE) }),
    is: { replicas: 3, pending: undefined, reason: 'the load 0.1 is at or below 0.3 since 300 s' },
  },
  {
    name: 'a load that is back ends the wait',
    facts: facts([0.5, 0.5, 0.5], { pending: pendingDown(2, MINUTE) }),
    is: { replicas: 3, pending: undefined },
  },
  { name: 'never fewer than the bounds say', facts: facts([0, 0, 0], {}, AT_ONCE), is: { replicas: 2 } },
  {
    name: 'new bounds hold at once',
    facts: facts([], { replicas: 12 }),
    is: { replicas: 10, reason: 'the bounds are 2 to 10' },
  },
  {
    name: 'while nobody is ready, nothing is known',
    facts: facts([], { replicas: 3 }),
    is: { replicas: 3, load: undefined },
  },
  {
    name: 'one stays for as long as somebody called lately',
    facts: facts([0, 0], { usedAtMs: NOW - MINUTE + 1 }, { ...TO_ZERO, ...AT_ONCE }),
    is: { replicas: 1 },
  },
  {
    name: 'none stays when nobody has called for long enough',
    facts: facts([0, 0], { usedAtMs: NOW - MINUTE }, TO_ZERO),
    is: { replicas: 0, reason: 'nobody has called for 60 s' },
  },
  {
    name: 'a rollout is not broken off for that',
    facts: facts([], { replicas: 1, usedAtMs: NOW - MINUTE, isComplete: false }, TO_ZERO),
    is: { replicas: 1 },
  },
  {
    name: 'a long call keeps its instance',
    facts: facts([0.1], { usedAtMs: NOW - MINUTE }, TO_ZERO),
    is: { replicas: 1 },
  },
  {
    name: 'none is left in peace',
    facts: facts([], { usedAtMs: NOW - MINUTE }, TO_ZERO),
    is: { replicas: 0, reason: '' },
  },
  {
    name: 'it wakes when it is asked for',
    facts: facts([], {}, TO_ZERO),
    is: { replicas: 1, reason: 'an instance is asked for' },
  },
];

for (const { name, facts: given, is } of CASES) {
  test(`autoscaling: ${name}`, () => assert.partialDeepStrictEqual(decideScale(given, NOW), is));
}

/** Numbers that look like chance and are the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('whatever the settings and the load, the number stays within its bounds and changes at most once', () => {
  for (let seed = 1; seed <= 2000; seed += 1) {
    const random = dice(seed);
    const minReplicas = Math.floor(random() * 5);
    const targetLoad = 0.1 + random() * 0.8;
    const settings: AutoscaleSettings = {
      ...AUTOSCALE_DEFAULTS,
      minReplicas,
      maxReplicas: Math.max(1, minReplicas) + Math.floor(random() * 20),
      targetLoad,
      scaleUpThreshold: targetLoad + random() * (1 - targetLoad),
      scaleDownThreshold: random() * targetLoad * 0.999,
      scaleDownStabilizationMs: Math.floor(random() * 3) * 1000,
      scaleUpStabilizationMs: Math.floor(random() * 3) * 1000,
    };
    const total = random() * 10;
    let replicas = 1 + Math.floor(random() * 20);
    let pending: ScaleFacts['pending'];
    let changes = 0;
    for (let step = 0; step < 30; step += 1) {
      const uses = Array.from({ length: replicas }, () => ({ load: total / replicas, inFlight: 0 }));
      const nowMs = NOW + step * 500;
      const decision = decideScale({ settings, replicas, uses, pending, usedAtMs: nowMs, isComplete: true }, nowMs);
      const wasWithin = replicas >= settings.minReplicas && replicas <= settings.maxReplicas;
      if (decision.replicas !== replicas && wasWithin) changes += 1;
      ({ replicas, pending } = decision);
      assert.ok(replicas >= settings.minReplicas && replicas <= settings.maxReplicas, `seed ${seed}`);
    }
    assert.ok(changes <= 1, `seed ${seed}: ${changes} changes`);
  }
});
