import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { agentRecord, instanceRecord, versionRecord } from '../testing/agent-records.ts';
import { changeOfFacts, changeOfRegistration, downgradeIn, type SettledRegistration } from './agent-change.ts';
import { NO_FACTS } from './agent-facts.ts';
import type { AgentDetails, AgentRecord } from './agent-record.ts';

const registration = (
  version: string,
  endpoints: readonly string[],
  given: Partial<Omit<SettledRegistration, 'details'> & AgentDetails> = {},
): SettledRegistration => {
  const { leaseTtlMs, routing, replaceVersions = false, ...details } = given;
  const {
    createdAtMs: _created,
    updatedAtMs: _updated,
    ...record
  } = versionRecord({ version, protocol: 'GRPC', ...details });
  return { details: record, endpoints, leaseTtlMs, routing, replaceVersions };
};

/** Two versions: 1.0.0 at a and b, 2.0.0 at c. */
const TWO: AgentRecord = agentRecord(
  [versionRecord({ version: '1.0.0', protocol: 'GRPC' }), versionRecord({ version: '2.0.0', protocol: 'GRPC' })],
  [
    instanceRecord({ endpoint: 'a', version: '1.0.0' }),
    instanceRecord({ endpoint: 'b', version: '1.0.0' }),
    instanceRecord({ endpoint: 'c', version: '2.0.0' }),
  ],
);

suite('a registration', () => {
  test('of what is known already is no news', () => {
    for (const [version, endpoints] of [
      ['1.0.0', ['a', 'b']],
      ['2.0.0', ['c']],
    ] as const) {
      const change = changeOfRegistration(TWO, registration(version, endpoints));
      assert.deepEqual([change.isNews, change.removedInstanceIds, change.removedVersions], [false, [], []]);
    }
  });

  test('of another order, another description, another policy is news', () => {
    const changes = [
      registration('1.0.0', ['b', 'a']),
      registration('1.0.0', ['a', 'b'], { description: 'other' }),
      registration('1.0.0', ['a', 'b'], { routing: { strategy: 'RANDOM' } }),
    ];
    assert.deepEqual(
      changes.map((each) => changeOfRegistration(TWO, each).isNews),
      [true, true, true],
    );
  });

  test('puts a further version beside the others', () => {
    const change = changeOfRegistration(TWO, registration('3.0.0', ['d']));
    assert.deepEqual([change.isNews, change.removedInstanceIds, change.removedVersions], [true, [], []]);
  });

  test('replaces the instances of its own version, but not those with a lease', () => {
    const leased = instanceRecord({ endpoint: 'l', version: '1.0.0', leaseTtlMs: 1000 });
    const before = { ...TWO, instances: [...TWO.instances, leased] };
    assert.deepEqual(changeOfRegistration(before, registration('1.0.0', ['b', 'd'])).removedInstanceIds, ['a']);
    const adding = changeOfRegistration(before, registration('1.0.0', ['d'], { leaseTtlMs: 1000 }));
    assert.deepEqual(adding.removedInstanceIds, []);
    assert.equal(adding.instances[0]?.position, 3, 'after those that are there');
  });

  test('that takes the last instance of another version ends that version', () => {
    assert.deepEqual(changeOfRegistration(TWO, registration('3.0.0', ['a'])).removedVersions, []);
    assert.deepEqual(changeOfRegistration(TWO, registration('3.0.0', ['a', 'b'])).removedVersions, ['1.0.0']);
  });

  test('that replaces versions ends all others', () => {
    const change = changeOfRegistration(TWO, registration('3.0.0', ['d'], { replaceVersions: true }));
    assert.deepEqual(change.removedVersions, ['2.0.0', '1.0.0']);
  });

  test('of another protocol, or without probes, forgets what probes found', () => {
    const resets = (given: Partial<AgentDetails>) =>
      changeOfRegistration(TWO, registration('1.0.0', ['a', 'd'], given)).instances.map(({ reset }) => reset);
    assert.deepEqual(resets({}), [false, false]);
    assert.deepEqual(resets({ protocol: 'HTTP_PROCESS' }), [true, false]);
    assert.deepEqual(resets({ probe: { disabled: true } }), [true, false]);
  });

  test('that takes an endpoint back to an older version is told apart', () => {
    assert.deepEqual(downgradeIn(TWO, registration('1.5.0', ['a', 'c'])), { endpoint: 'c', from: '2.0.0' });
    assert.equal(downgradeIn(TWO, registration('1.5.0', ['a', 'd'])), undefined, 'an older version elsewhere is none');
    assert.equal(downgradeIn(undefined, registration('1.5.0', ['a'])), undefined);
  });
});

suite('what an instance tells of itself', () => {
  const FOLLOWING = agentRecord(
    [
      versionRecord({
        version: '1.0.0',
        description: 'old',
        name: 'given',
        cardFacts: ['version', 'description', 'capabilities', 'skills'],
      }),
    ],
    [instanceRecord({ endpoint: 'a' }), instanceRecord({ endpoint: 'b' })],
  );
  const told = (version: string, description = 'new') => ({ ...NO_FACTS, version, description, name: 'told' });

  test('changes what was left to it, and nothing else', () => {
    const change = changeOfFacts(FOLLOWING, 'a', told('1.0.0'));
    assert.deepEqual([change?.details.description, change?.details.name], ['new', 'given']);
    assert.deepEqual([change?.instances, change?.removedVersions], [[], []]);
    assert.equal(changeOfFacts(FOLLOWING, 'a', told('1.0.0', 'old')), undefined, 'nothing new');
  });

  test('moves it to the version that it tells; the last one takes its version along', () => {
    const first = changeOfFacts(FOLLOWING, 'b', told('1.1.0'));
    assert.deepEqual(
      [first?.details.version, first?.instances.map(({ endpoint }) => endpoint), first?.removedVersions],
      ['1.1.0', ['b'], []],
    );
    const alone = { ...FOLLOWING, instances: FOLLOWING.instances.slice(0, 1) };
    assert.deepEqual(changeOfFacts(alone, 'a', told('1.1.0'))?.removedVersions, ['1.0.0']);
  });

  test('does not change the words that another version was registered with', () => {
    const registered = versionRecord({ version: '2.0.0', description: 'by hand', cardFacts: [] });
    const before = { ...FOLLOWING, versions: [registered, ...FOLLOWING.versions] as const };
    assert.equal(changeOfFacts(before, 'a', told('2.0.0'))?.details.description, 'by hand');
  });

  test('of a version with its own words, or of nobody, changes nothing', () => {
    assert.equal(changeOfFacts(TWO, 'a', told('9.0.0')), undefined);
    assert.equal(changeOfFacts(FOLLOWING, 'nowhere', told('9.0.0')), undefined);
  });
});
