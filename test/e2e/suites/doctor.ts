import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createPool, readOwnerNote, type Pool } from '@skein/postgres';
import type { TestPlatform } from '../harness/platform.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'doctored';

/** What services have stored, checked and mended. */
export function doctorSuite(use: UsePlatform): void {
  suite('doctor', () => {
    test('defects planted in every database are found, mended, and gone', async () => {
      const platform = use();
      const { clients, skein } = platform;
      const { run } = await clients.runs.startRun({
        namespace: NAMESPACE,
        target: { case: 'llm', value: { model: 'builtin/echo' } },
        waitTimeout: { seconds: 10n },
      });
      const runId = run?.runId ?? '';
      // Listing makes sure that the history is stored to its end.
      const whole = await clients.events.listEvents({ namespace: NAMESPACE, runId });
      const healthy = await skein('doctor', '-n', NAMESPACE);
      assert.equal(healthy.code, 0, healthy.stdout);
      for (const service of ['event-log', 'llm-proxy', 'registry', 'scheduler']) {
        assert.match(healthy.stdout, new RegExp(`✓ ${service} data: \\d+ checks, nothing found`));
      }
      const pool = await databaseOf(platform);
      try {
        await plant(pool, runId);
      } finally {
        await pool.end();
      }
      const sick = await skein('doctor', '-n', NAMESPACE);
      assert.equal(sick.code, 1, sick.stdout);
      assert.match(sick.stdout, new RegExp(`✗ event-log HISTORY_GAP: .*\\(1: ${NAMESPACE}/${runId}\\)`));
      assert.match(sick.stdout, /✗ registry INSTANCE_ORPHAN: [^]*! scheduler START_KEY_ORPHAN: /);
      assert.match(sick.stdout, /! llm-proxy CLAIM_ABANDONED: /);
      const mended = await skein('doctor', '--repair', '-n', NAMESPACE);
      assert.equal(mended.code, 0, mended.stdout);
      assert.equal(mended.stdout.match(/; mended$/gm)?.length, 4, mended.stdout);
      const again = await skein('doctor', '-n', NAMESPACE, '-o', 'json');
      assert.partialDeepStrictEqual(JSON.parse(again.stdout), { healthy: true });
      assert.doesNotMatch(again.stdout, /HISTORY_GAP|ORPHAN|ABANDONED/);
      const { entries } = await clients.events.listEvents({ namespace: NAMESPACE, runId });
      assert.equal(entries.length, whole.entries.length);
    });
  });
}

async function databaseOf({ mode, dataDir }: TestPlatform): Promise<Pool> {
  const note = await readOwnerNote(join(dataDir, mode, 'postgres'));
  assert.ok(note?.url, 'the platform has no database');
  return createPool(note.url, { max: 1, applicationName: 'e2e' });
}

/** One defect for each service. */
async function plant(pool: Pool, runId: string): Promise<void> {
  await pool.query(
    `delete from event_log.run_event where run_id = $1 and first_seq = (
       select min(first_seq) from event_log.run_event where run_id = $1)`,
    [runId],
  );
  await pool.query("update event_log.run_event set stored_at = now() - interval '1 hour' where run_id = $1", [runId]);
  await pool.query(`
    insert into scheduler.start_key (namespace, request_id, run_id, digest)
    values ('${NAMESPACE}', 'orphan', gen_random_uuid(), 'd');
    insert into llm.completion (namespace, idempotency_key, request_digest, owner, claimed_until)
    values ('${NAMESPACE}', 'abandoned', '', 'nobody', now() - interval '1 hour');
    set session_replication_role = replica;
    insert into registry.instance (namespace, agent_id, version, instance_id, endpoint, position)
    values ('${NAMESPACE}', 'nobody', '1.0.0', 'i', 'here:1', 0);
    set session_replication_role = default`);
}
