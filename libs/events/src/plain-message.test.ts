import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OverlapPolicy, ScheduleSpecSchema, UpdateScheduleRequestSchema } from '@skein/contracts/scheduler';
import { msOfDuration, msOfTimestamp } from './clock-types.ts';
import { jsonOfValue } from './json-value.ts';
import { InstanceHeartbeatSchema, InstanceTemplateSchema } from '@skein/contracts/registry';
import { messageFromPlain, PlainMessageError } from './plain-message.ts';

test('a message is read as people write it', () => {
  const spec = messageFromPlain(ScheduleSpecSchema, {
    crons: ['0 9 * * *'],
    intervals: [{ every: '1h30m', offset: '1.5s' }],
    start_time: '2026-12-24T18:00:00+01:00',
    overlap: 'buffer_one',
    skip: null,
    action: {
      agent: { agent_id: 'a', config: { deep: [1, { x: null }] } },
      input: null,
      labels: { team: 'x' },
    },
  });
  assert.deepEqual(spec.crons, ['0 9 * * *']);
  const [interval] = spec.intervals;
  assert.deepEqual([msOfDuration(interval?.every), msOfDuration(interval?.offset)], [5_400_000, 1500]);
  assert.equal(msOfTimestamp(spec.startTime), Date.parse('2026-12-24T17:00:00Z'));
  assert.equal(spec.overlap, OverlapPolicy.BUFFER_ONE);
  assert.equal(spec.skip, undefined);
  assert.equal(spec.action?.target.case, 'agent');
  assert.deepEqual(spec.action.target.value, {
    $typeName: 'skein.scheduler.v1.AgentTarget',
    agentId: 'a',
    skillId: '',
    config: { deep: [1, { x: null }] },
  });
  assert.equal(jsonOfValue(spec.action.input), null);
  assert.deepEqual(spec.action.labels, { team: 'x' });
  assert.equal(messageFromPlain(UpdateScheduleRequestSchema, { revision: 7 }).revision, 7n);
});

const WRONG: readonly [field: string, json: Parameters<typeof messageFromPlain>[1]][] = [
  ['body', []],
  ['cron', { cron: ['* * * * *'] }],
  ['crons', { crons: '* * * * *' }],
  ['crons[1]', { crons: ['* * * * *', 5] }],
  ['intervals[0].every', { intervals: [{ every: 'soon' }] }],
  ['jitter', { jitter: 5 }],
  ['start_time', { start_time: '2026-12-24' }],
  ['overlap', { overlap: 'sometimes' }],
  ['overlap', { overlap: 'unspecified' }],
  ['action.workflow.version', { action: { workflow: { workflow_id: 'w', version: -1 } } }],
  ['action.llm', { action: { agent: {}, llm: {} } }],
  ['action.labels.team', { action: { labels: { team: 1 } } }],
  ['action.agent.config', { action: { agent: { config: 'x' } } }],
];

for (const [field, json] of WRONG) {
  test(`${field} of ${JSON.stringify(json)} is refused`, () => {
    assert.throws(
      () => messageFromPlain(ScheduleSpecSchema, json),
      (error) => error instanceof PlainMessageError && error.field === field && error.description.length > 0,
    );
  });
}

test('numbers are read, and their absence is kept', () => {
  const read = messageFromPlain(InstanceHeartbeatSchema, { instance_id: 'i', load: 0.25 });
  assert.deepEqual([read.load, read.latencyMs], [0.25, undefined]);
  assert.throws(() => messageFromPlain(InstanceHeartbeatSchema, { load: '1' }), { description: 'give a number' });
});

test('limits are read as Kubernetes writes them, and as the contract has them', () => {
  const read = (json: Parameters<typeof messageFromPlain>[1]) => {
    const { resources } = messageFromPlain(InstanceTemplateSchema, { resources: json });
    return [resources?.cpuMillis, resources?.memoryBytes];
  };
  assert.deepEqual(read({ cpu: '500m', memory: '512Mi' }), [500, 536_870_912n]);
  assert.deepEqual(read({ cpu: 1.5, memory: '1.5G' }), [1500, 1_500_000_000n]);
  assert.deepEqual(read({ cpu: '2', memory: 1048576 }), [2000, 1_048_576n]);
  assert.deepEqual(read({ cpu_millis: 250, memory_bytes: 7 }), [250, 7n]);
  assert.deepEqual(read({}), [0, 0n]);
  const wrong = [{ cpu: 'half' }, { cpu: '-1' }, { memory: '5 GB' }, { memory: '1e99' }, { memory: {} }];
  for (const json of wrong) assert.throws(() => read(json), PlainMessageError);
  assert.throws(() => read({ disk: '1G' }), { field: 'resources.disk' });
});
