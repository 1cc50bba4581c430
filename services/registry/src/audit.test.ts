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
    insert into registry.agent (namespace, agent_id, version, name, description, agent_type, capabilities, protocol, labels,
      card_facts)
    values ('default', 'alone', '', '', '', '', '{}', 'GRPC', '{}', '{}'),
      ('default', 'unseen', '', '', '', '', '{}', 'GRPC', '{}', '{}');
    insert into registry.instance (namespace, agent_id, instance_id, endpoint, position, health, last_healthy_at)
    values ('default', 'unseen', 'i', 'here:1', 0, 'HEALTHY', now() - interval '1 hour');
    set session_replication_role = replica;
    insert into registry.instance (namespace, agent_id, instance_id, endpoint, position)
    values ('team', 'gone', 'i', 'there:1', 0);
    set session_replication_role = default`);
  const rest = [
    ['AGENT_WITHOUT_INSTANCE', 1n, ['default/alone'], 0n],
    ['HEALTH_OUTDATED', 1n, ['default/unseen here:1'], 0n],
  ];
  assert.deepEqual(await audit(rig), [['INSTANCE_ORPHAN', 1n, ['team/gone there:1'], 0n], ...rest]);
  assert.deepEqual(await audit(rig, true), [['INSTANCE_ORPHAN', 1n, ['team/gone there:1'], 1n], ...rest]);
  assert.deepEqual(await audit(rig), rest);
});
