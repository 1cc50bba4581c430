import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { DoctorService } from '@skein/contracts/doctor';
import { directTransport } from '@skein/rpc';
import { llmRig, type LlmRig } from './testing/llm-rig.ts';

async function audit({ service }: LlmRig, repair = false) {
  const { audits } = await createClient(DoctorService, directTransport(service.bindings)).audit({ repair });
  return (audits[0]?.findings ?? []).map(({ code, samples, mended }) => [code, samples, mended]);
}

test('claims of nobody and completions that are overdue are found and mended', async () => {
  await using rig = await llmRig();
  const pool = rig.database.pool();
  await pool.query(`
    insert into llm.completion (namespace, idempotency_key, request_digest, owner, claimed_until)
    values ('default', 'held', '', 'somebody', now() + interval '5 seconds'),
      ('default', 'abandoned', '', 'nobody', now() - interval '5 minutes');
    insert into llm.completion (namespace, idempotency_key, request_digest, answer, model, finish_reason, input_tokens,
      output_tokens, answered_at, created_at)
    values ('default', 'fresh', '', '', 'm', 'stop', 1, 1, now(), now()),
      ('default', 'old', '', '', 'm', 'stop', 1, 1, now(), now() - interval '30 days')`);
  const expected = (mended: bigint) => [
    ['CLAIM_ABANDONED', ['default/abandoned'], mended],
    ['COMPLETION_OVERDUE', ['default/old'], mended],
  ];
  assert.deepEqual(await audit(rig), expected(0n));
  assert.deepEqual(await audit(rig, true), expected(1n));
  assert.deepEqual(await audit(rig), []);
  const { rows } = await pool.query('select idempotency_key as key from llm.completion order by 1');
  assert.deepEqual(rows, [{ key: 'fresh' }, { key: 'held' }]);
});
