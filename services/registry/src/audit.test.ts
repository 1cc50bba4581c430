import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { DoctorService } from '@skein/contracts/doctor';
import { directTransport } from '@skein/rpc';
import { registryRig, type RegistryRig } from './testing/registry-rig.ts';

async function audit({ service }: RegistryRig, repair = false) {
  const { audits } = await createClient(DoctorService, directTransport(service.bindings)).audit({ repair });
  assert.deepEqual(
    audits.map((it) => it.service),
    ['registry'],
  );
  return (audits[0]?.findings ?? []).map(({ code, count, samples, mended }) => [code, count, samples, mended]);
}

test('instances of nobody are found and deleted; agents that nobody probes or can call are named', async () => {
  await using rig = await registryRig({ probe: { intervalMs: 3_600_000 } });
  const pool = rig.database.pool();
  assert.deepEqual(await audit(rig), []);
  await pool.query(`
    insert into registry.agent (namespace, agent_id) values ('default', 'alone'), ('default', 'unseen'), ('default', 'lost');
    insert into registry.agent_version (namespace, agent_id, version, name, description, agent_type, capabilities, protocol,
      labels, card_facts)
    values ('default', 'alone', '1.0.0', '', '', '', '{}', 'GRPC', '{}', '{}'),
      ('default', 'unseen', '1.0.0', '', '', '', '{}', 'GRPC', '{}', '{}'),
      ('default', 'lost', '1.0.0', '', '', '', '{}', 'GRPC', '{}', '{}');
    insert into registry.instance
      (namespace, agent_id, version, instance_id, endpoint, position, probed_health, last_healthy_at)
    values ('default', 'unseen', '1.0.0', 'i', 'here:1', 0, 'HEALTHY', now() - interval '1 hour');
    insert into registry.instance
      (namespace, agent_id, version, instance_id, endpoint, position, lease_ttl_ms, lease_expires_at)
    values ('default', 'lost', '1.0.0', 'i', 'was:1', 0, 3600000, now() - interval '2 hours');
    set session_replication_role = replica;
    insert into registry.instance (namespace, agent_id, version, instance_id, endpoint, position)
    values ('team', 'gone', '1.0.0', 'i', 'there:1', 0);
    set session_replication_role = default`);
  const rest = [
    ['AGENT_WITHOUT_INSTANCE', 1n, ['default/alone'], 0n],
    ['LEASE_OVERDUE', 1n, ['default/lost was:1'], 0n],
    ['HEALTH_OUTDATED', 1n, ['default/unseen here:1'], 0n],
  ];
  assert.deepEqual(await audit(rig), [['INSTANCE_ORPHAN', 1n, ['team/gone there:1'], 0n], ...rest]);
  const mended = rest.map(([code, count, samples, each]) => [
    code,
    count,
    samples,
    code === 'LEASE_OVERDUE' ? 1n : each,
  ]);
  assert.deepEqual(await audit(rig, true), [['INSTANCE_ORPHAN', 1n, ['team/gone there:1'], 1n], ...mended]);
  assert.deepEqual(await audit(rig), [
    ['AGENT_WITHOUT_INSTANCE', 2n, ['default/alone', 'default/lost'], 0n],
    ['HEALTH_OUTDATED', 1n, ['default/unseen here:1'], 0n],
  ]);
});

test('what nobody keeps running, and what does not get on, is named', async () => {
  await using rig = await registryRig({ deployments: { intervalMs: 3_600_000 } });
  await rig.database.pool().query(`
    insert into registry.deployment (namespace, deployment_id, agent_id, replicas, rollout, revision, progress_at)
    values ('default', 'late', 'a', 1, '{"progressDeadlineMs": 1000}', 1, now() - interval '1 hour');
    insert into registry.assignment (assignment_id, namespace, deployment_id, revision, executor_id, created_at)
    values ('late-1', 'default', 'late', 1, 'gone', now() - interval '1 hour')`);
  assert.deepEqual(await audit(rig), [
    ['ASSIGNMENT_ORPHAN', 1n, ['default/late late-1'], 0n],
    ['DEPLOYMENT_OVERDUE', 1n, ['default/late'], 0n],
  ]);
});
