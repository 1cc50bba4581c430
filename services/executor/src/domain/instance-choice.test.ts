import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol, InstanceHealth, RoutingStrategy } from '@skein/contracts/registry';
import type { AgentRoutes, CallTarget } from './agent-routes.ts';
import { chooseInstance, type CallWish, type InstanceView } from './instance-choice.ts';
import { ROUTING_DEFAULTS, type RoutingSettings } from './routing-settings.ts';

const target = (instanceId: string, given: Partial<CallTarget> = {}): CallTarget => ({
  instanceId,
  endpoint: `${instanceId}:1`,
  health: InstanceHealth.HEALTHY,
  isDrained: false,
  version: '1.0.0',
  protocol: AgentProtocol.GRPC,
  config: undefined,
  timeoutMs: undefined,
  credentials: undefined,
  ...given,
});

const routes = (targets: readonly CallTarget[], settings: Partial<RoutingSettings> = {}): AgentRoutes => ({
  namespace: 'default',
  agentId: 'a',
  versions: [...new Set(targets.map(({ version }) => version))],
  workerVersions: [],
  settings: { ...ROUTING_DEFAULTS, ...settings },
  targets,
});

const view = (given: Partial<InstanceView> = {}): InstanceView => ({
  letsThrough: () => true,
  isShunned: () => false,
  isLost: () => false,
  load: () => 0,
  latencyCost: () => 0,
  ...given,
});

const oneOf = (ids: readonly string[]) => (id: string) => ids.includes(id);
const ANY: CallWish = { version: '', sessionId: '', tried: new Set() };

/** Numbers of a test's own choice, then zeros. */
const dice = (...numbers: number[]) => ({ random: () => numbers.shift() ?? 0, nextTurn: () => 0 });

const choose = (targets: readonly CallTarget[], seen = view(), wish: Partial<CallWish> = {}) =>
  chooseInstance(routes(targets), { ...ANY, ...wish }, seen, dice())?.instanceId;

suite('who may be called', () => {
  const all = [
    target('ill', { health: InstanceHealth.UNHEALTHY }),
    target('weak', { health: InstanceHealth.DEGRADED }),
    target('new', { health: InstanceHealth.UNSPECIFIED }),
    target('good'),
  ];

  test('health comes first, then what could not be reached a moment ago', () => {
    const order = ['good', 'new', 'weak', 'ill'];
    for (let gone = 0; gone < order.length; gone += 1) {
      assert.equal(choose(all, view({ isShunned: oneOf(order.slice(0, gone)) })), order[gone]);
    }
    assert.equal(choose(all, view({ isShunned: () => true })), 'good', 'better than nobody');
    assert.equal(choose([]), undefined);
  });

  test('an open breaker, a drain and another version are final', () => {
    assert.equal(choose(all, view({ letsThrough: oneOf(['ill']) })), 'ill');
    assert.equal(choose(all, view({ letsThrough: () => false })), undefined);
    assert.equal(
      choose([target('out', { isDrained: true }), target('ill', { health: InstanceHealth.UNHEALTHY })]),
      'ill',
    );
    assert.equal(choose([target('old'), target('new', { version: '2.1.0' })], view(), { version: '^2' }), 'new');
    assert.equal(choose([target('old')], view(), { version: '^2' }), undefined);
  });

  test('nobody is tried twice', () => {
    assert.equal(choose([target('a'), target('b')], view(), { tried: new Set(['a']) }), 'b');
    assert.equal(choose([target('a')], view(), { tried: new Set(['a']) }), undefined);
  });
});

suite('strategies', () => {
  const three = [target('a'), target('b'), target('c')];
  const by = (strategy: RoutingStrategy, seen = view(), thrown = dice(), sessionId = '') =>
    chooseInstance(routes(three, { strategy }), { ...ANY, sessionId }, seen, thrown)?.instanceId;

  test('least loaded, and between equals by chance, evenly', () => {
    const loads: Record<string, number> = { a: 0.5, b: 0.2, c: 0.9 };
    assert.equal(by(RoutingStrategy.LEAST_LOADED, view({ load: (id) => loads[id] ?? 0 })), 'b');
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    const steps = 30;
    for (let first = 0; first < steps; first += 1) {
      for (let second = 0; second < steps; second += 1) {
        const chosen = by(RoutingStrategy.UNSPECIFIED, view(), dice(first / steps, second / steps)) ?? '';
        counts[chosen] = (counts[chosen] ?? 0) + 1;
      }
    }
    assert.deepEqual(counts, { a: 300, b: 300, c: 300 });
  });

  test('round robin takes turns', () => {
    let turn = 0;
    const thrown = { random: () => 0, nextTurn: () => turn++ };
    const chosen = Array.from({ length: 4 }, () => by(RoutingStrategy.ROUND_ROBIN, view(), thrown));
    assert.deepEqual(chosen, ['a', 'b', 'c', 'a']);
  });

  test('random takes any', () => {
    assert.deepEqual(
      [0, 0.34, 0.99].map((number) => by(RoutingStrategy.RANDOM, view(), dice(number))),
      ['a', 'b', 'c'],
    );
  });

  test('latency-based takes the cheaper of two different ones', () => {
    const costs: Record<string, number> = { a: 30, b: 20, c: 10 };
    const seen = view({ latencyCost: (id) => costs[id] ?? 0 });
    assert.equal(by(RoutingStrategy.LATENCY_BASED, seen, dice(0, 0)), 'b', 'of a and b');
    assert.equal(by(RoutingStrategy.LATENCY_BASED, seen, dice(0, 0.99)), 'c', 'of a and c');
    assert.equal(by(RoutingStrategy.LATENCY_BASED, seen, dice(0.99, 0.99)), 'c', 'of c and b');
  });

  test('a strategy of a newer contract is routed as by default', () => {
    const loads: Record<string, number> = { a: 0.5, b: 0.2, c: 0.9 };
    assert.equal(by(99 as RoutingStrategy, view({ load: (id) => loads[id] ?? 0 })), 'b');
  });
});

suite('session affinity', () => {
  const many = Array.from({ length: 10 }, (_, at) => target(`instance-${at}`));
  const idle = view({ load: (id) => (id === 'instance-3' ? 0 : 1) });
  const of = (sessionId: string, targets: readonly CallTarget[] = many) =>
    chooseInstance(routes(targets, { sessionAffinity: true }), { ...ANY, sessionId }, idle, dice())?.instanceId;
  const sessions = Array.from({ length: 2000 }, (_, at) => `session-${at}`);

  test('a session stays, and sessions spread evenly', () => {
    const counts = new Map<string, number>();
    for (const session of sessions) {
      const chosen = of(session) ?? '';
      assert.equal(of(session, many.toReversed()), chosen);
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    }
    assert.equal(counts.size, 10);
    for (const count of counts.values()) assert.ok(count > 140 && count < 260, `${count} of 2000`);
  });

  test('an instance that goes moves its own sessions alone', () => {
    const left = many.slice(1);
    for (const session of sessions) {
      const before = of(session);
      if (before === 'instance-0') assert.notEqual(of(session, left), before);
      else assert.equal(of(session, left), before);
    }
  });

  test('a call without a session is routed by the strategy', () => {
    assert.equal(of(''), 'instance-3');
  });
});
