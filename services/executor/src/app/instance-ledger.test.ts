import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { AgentSchema, InstanceLoadSchema, RoutingPolicySchema, type Agent } from '@skein/contracts/registry';
import { routesOf, type AgentRoutes, type CallTarget } from '../domain/agent-routes.ts';
import { InstanceLedger, type CallEnd } from './instance-ledger.ts';

const GOOD: CallEnd = { kind: 'good', latencyMs: 10 };
const FAULT: CallEnd = { kind: 'fault', isUnreachable: false };

function stage(given: Partial<Pick<Agent, 'routing'>> = {}, instances = 2) {
  const clock = { nowMs: 1000 };
  const ids = Array.from({ length: instances }, (_, at) => ({ instanceId: `i-${at}`, endpoint: `h:${at + 1}` }));
  const routes: AgentRoutes = routesOf(
    create(AgentSchema, { namespace: 'default', agentId: 'a', version: '1.0.0', instances: ids, ...given }),
  );
  const ledger = new InstanceLedger(() => clock.nowMs);
  const begin = (at = 0) => ledger.begin(routes.targets[at] as CallTarget, routes);
  return { clock, ledger, begin, call: (how: CallEnd, at = 0) => begin(at).end(how) };
}

const load = (given: { load?: number; inFlight?: number; latencyMs?: number }) => create(InstanceLoadSchema, given);

suite('load', () => {
  test('L1: a call counts once, however often it ends', () => {
    const { ledger, begin } = stage();
    const [one, other] = [begin(), begin()];
    assert.equal(ledger.inFlight('i-0'), 2);
    one.end(GOOD);
    one.end(FAULT);
    assert.equal(ledger.inFlight('i-0'), 1);
    other.end(GOOD);
    assert.equal(ledger.inFlight('i-0'), 0);
  });

  test('what is told counts, and the calls since', () => {
    const { ledger, begin } = stage();
    assert.equal(ledger.view().load('i-0'), 0);
    const before = begin();
    ledger.tell({ 'i-0': load({ load: 0.6, inFlight: 3 }) });
    assert.equal(ledger.view().load('i-0'), 0.6);
    begin();
    assert.ok(Math.abs(ledger.view().load('i-0') - 0.8) < 1e-9, 'a call takes as much as those it reported');
    before.end(GOOD);
    assert.equal(ledger.view().load('i-0'), 0.6);
    ledger.tell({ 'i-1': load({ inFlight: 4 }) });
    assert.equal(ledger.view().load('i-1'), 0.4, 'the calls of other executors');
  });

  test('what is told and not repeated is forgotten', () => {
    const { ledger, clock } = stage();
    ledger.tell({ 'i-0': load({ load: 0.6 }) });
    clock.nowMs += 30_001;
    assert.equal(ledger.view().load('i-0'), 0);
  });

  test('latency is an average over time, and costs more with every call', () => {
    const { ledger, clock, call, begin } = stage();
    ledger.tell({ 'i-0': load({ latencyMs: 70 }) });
    assert.equal(ledger.view().latencyCost('i-0'), 70, 'what others measured, until we have');
    call({ kind: 'good', latencyMs: 100 });
    assert.equal(ledger.view().latencyCost('i-0'), 100);
    clock.nowMs += 10_000;
    call({ kind: 'good', latencyMs: 50 });
    assert.equal(ledger.view().latencyCost('i-0'), 75);
    begin();
    assert.equal(ledger.view().latencyCost('i-0'), 150);
    assert.equal(ledger.view().latencyCost('i-1'), 0);
  });
});

suite('rest', () => {
  test('five faults in a row open the breaker for 30 s, whatever the agent itself said in between', () => {
    const { ledger, clock, call } = stage();
    for (let at = 0; at < 4; at += 1) call(FAULT);
    call({ kind: 'neutral' });
    assert.equal(ledger.view().letsThrough('i-0'), true);
    call(FAULT);
    assert.equal(ledger.view().letsThrough('i-0'), false);
    assert.equal(ledger.restsForMs(['i-0']), 30_000);
    assert.equal(ledger.restsForMs(['i-0', 'i-1']), undefined, 'another one does not rest');
    clock.nowMs += 30_000;
    assert.equal(ledger.view().letsThrough('i-0'), true);
    call(GOOD);
    for (let at = 0; at < 4; at += 1) call(FAULT);
    assert.equal(ledger.view().letsThrough('i-0'), true);
  });

  test('one that was not reached comes last for five seconds, or until it is', () => {
    const { ledger, clock, call } = stage();
    call({ kind: 'fault', isUnreachable: true });
    assert.equal(ledger.view().isShunned('i-0'), true);
    clock.nowMs += 5000;
    assert.equal(ledger.view().isShunned('i-0'), false);
    call({ kind: 'fault', isUnreachable: true });
    call(GOOD);
    assert.equal(ledger.view().isShunned('i-0'), false);
  });

  test('one that is away comes last too, and no breaker holds it up when it is back', () => {
    const { ledger, call } = stage({
      routing: create(RoutingPolicySchema, { outlierEjection: { failureRatio: 0.5, maxEjectedRatio: 1 } }),
    });
    for (let calls = 0; calls < 30; calls += 1) call({ kind: 'away' });
    assert.deepEqual([ledger.view().isShunned('i-0'), ledger.view().isLost('i-0')], [true, true]);
    assert.equal(ledger.view().letsThrough('i-0'), true);
    call(GOOD);
    assert.equal(ledger.view().isShunned('i-0'), false);
  });

  test('an outlier rests, each time longer, as long as not too many do', () => {
    const settings = { outlierEjection: { failureRatio: 0.5, maxEjectedRatio: 0.4 } } as Agent['routing'];
    const { ledger, clock, call } = stage({ routing: settings }, 5);
    const fail = (at: number) => {
      for (let round = 0; round < 10; round += 1) call(round % 2 === 0 ? FAULT : GOOD, at);
      call(FAULT, at);
    };
    fail(0);
    assert.equal(ledger.view().letsThrough('i-0'), false);
    fail(1);
    fail(2);
    assert.deepEqual(
      ['i-1', 'i-2'].map((id) => ledger.view().letsThrough(id)),
      [false, true],
      'two of five at most',
    );
    clock.nowMs += 30_000;
    assert.equal(ledger.view().letsThrough('i-0'), true);
    fail(0);
    clock.nowMs += 59_999;
    assert.equal(ledger.view().letsThrough('i-0'), false);
    clock.nowMs += 1;
    assert.equal(ledger.view().letsThrough('i-0'), true);
  });
});

suite('reports', () => {
  test('tell of what was called since, of what is under way and of breakers that are not closed', () => {
    const { ledger, clock, call, begin } = stage();
    const ids = () =>
      ledger.takeReport().map(({ instanceId, inFlight, breaker }) => `${instanceId} ${inFlight} ${breaker}`);
    call(GOOD);
    const open = begin(1);
    assert.deepEqual(ids(), ['i-0 0 CLOSED', 'i-1 1 CLOSED']);
    assert.deepEqual(ids(), ['i-1 1 CLOSED']);
    open.end(GOOD);
    assert.deepEqual(ids(), ['i-1 0 CLOSED']);
    assert.deepEqual(ids(), []);
    for (let at = 0; at < 5; at += 1) call(FAULT);
    assert.deepEqual(ids(), ['i-0 0 OPEN']);
    clock.nowMs += 30_000;
    assert.deepEqual(ids(), ['i-0 0 HALF_OPEN']);
    call(GOOD);
    assert.deepEqual(ids(), ['i-0 0 CLOSED']);
    assert.deepEqual(ids(), []);
  });
});
