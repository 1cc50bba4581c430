import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentRecord, instanceRecord, versionRecord } from '../testing/agent-records.ts';
import { discoverIn, type DiscoveryQuery } from './discovery.ts';

const ANY: DiscoveryQuery = {
  agentId: '',
  agentType: '',
  capabilities: [],
  labels: {},
  version: '',
  minHealth: 'DEGRADED',
};

const TUTOR = agentRecord(
  [
    versionRecord({ version: '1.9.0', capabilities: ['hint'], agentType: 'tutoring', labels: { zone: 'a' } }),
    versionRecord({ version: '1.10.0', capabilities: ['answer', 'hint'], agentType: 'tutoring' }),
    versionRecord({ version: '2.0.0-rc.1', capabilities: ['answer', 'hint'], agentType: 'tutoring' }),
  ],
  [
    instanceRecord({ endpoint: 'good', version: '1.9.0', health: 'HEALTHY' }),
    instanceRecord({ endpoint: 'weak', version: '1.9.0', health: 'DEGRADED' }),
    instanceRecord({ endpoint: 'new', version: '1.10.0', health: 'UNKNOWN' }),
    instanceRecord({ endpoint: 'out', version: '1.10.0', health: 'HEALTHY', drained: true }),
    instanceRecord({ endpoint: 'ill', version: '2.0.0-rc.1', health: 'UNHEALTHY' }),
  ],
);

const CASES: ReadonlyArray<readonly [what: string, query: Partial<DiscoveryQuery>, found: readonly string[]]> = [
  ['anything that takes calls', {}, ['1.10.0 new', '1.9.0 good weak']],
  ['all capabilities', { capabilities: ['hint', 'answer'] }, ['1.10.0 new']],
  ['a type', { agentType: 'input' }, []],
  ['a label', { labels: { zone: 'a' } }, ['1.9.0 good weak']],
  ['another value of a label', { labels: { zone: 'b' } }, []],
  ['a range', { version: '<1.10' }, ['1.9.0 good weak']],
  ['a range of pre-releases', { version: '>=2.0.0-rc', minHealth: 'UNHEALTHY' }, ['2.0.0-rc.1 ill']],
  ['healthy ones', { minHealth: 'HEALTHY' }, ['1.9.0 good']],
  ['everything', { minHealth: 'UNHEALTHY' }, ['2.0.0-rc.1 ill', '1.10.0 new', '1.9.0 good weak']],
];

for (const [what, query, found] of CASES) {
  test(`looking for ${what}`, () => {
    const names = discoverIn(TUTOR, { ...ANY, ...query }).map(({ version, instances }) =>
      [version.version, ...instances.map(({ endpoint }) => endpoint)].join(' '),
    );
    assert.deepEqual(names, found);
  });
}
