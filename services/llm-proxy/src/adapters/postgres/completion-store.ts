import type { Pool } from '@skein/postgres';
import type { Claim, CompletionKey, CompletionStore } from '../../app/completion-store.ts';
import type { Answer } from '../../domain/question.ts';

interface CompletionRow {
  readonly request_digest: Buffer;
  readonly answer: Buffer | null;
  readonly model: string;
  readonly finish_reason: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

const ANSWER_COLUMNS = 'request_digest, answer, model, finish_reason, input_tokens, output_tokens';

/** Takes the key where nobody has it, or where its claim has run out; a key with an answer is left. */
const CLAIM = `
  insert into completion as known (namespace, idempotency_key, request_digest, owner, claimed_until)
  values ($1, $2, $3, $4, now() + $5 * interval '1 ms')
  on conflict (namespace, idempotency_key) do update set
    request_digest = excluded.request_digest, owner = excluded.owner, claimed_until = excluded.claimed_until,
    created_at = now()
    where known.answered_at is null and (known.claimed_until < now() or known.owner = excluded.owner)
  returning 1`;

/** The first answer stays: a claim may have run out while its owner was still being served. */
const KEEP = `
  insert into completion as known
    (namespace, idempotency_key, request_digest, answer, model, finish_reason, input_tokens, output_tokens, answered_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, now())
  on conflict (namespace, idempotency_key) do update set
    owner = null, claimed_until = null, answer = excluded.answer, model = excluded.model,
    finish_reason = excluded.finish_reason, input_tokens = excluded.input_tokens,
    output_tokens = excluded.output_tokens, answered_at = excluded.answered_at
    where known.answered_at is null and known.request_digest = excluded.request_digest
  returning 1`;

/** Completions in Postgres; the pool's search path is the schema. */
export function postgresCompletionStore(pool: Pool): CompletionStore {
  const find = async ({ namespace, idempotencyKey }: CompletionKey): Promise<CompletionRow | undefined> => {
    const sql = `select ${ANSWER_COLUMNS} from completion where namespace = $1 and idempotency_key = $2`;
    const { rows } = await pool.query<CompletionRow>(sql, [namespace, idempotencyKey]);
    return rows[0];
  };

  return {
    async claim(key, digest, owner, leaseMs) {
      const values = [key.namespace, key.idempotencyKey, digest, owner, leaseMs];
      const { rowCount } = await pool.query(CLAIM, values);
      if (rowCount === 1) return { kind: 'won' };
      const row = await find(key);
      // Given up in between: whoever claims next gets it.
      if (row === undefined) return { kind: 'taken' };
      return claimOf(row, digest);
    },

    async renew(keys, owner, leaseMs) {
      await pool.query(
        `update completion set claimed_until = now() + $4 * interval '1 ms'
         where (namespace, idempotency_key) in (select * from unnest($1::text[], $2::text[]))
           and owner = $3 and answered_at is null`,
        [keys.map(({ namespace }) => namespace), keys.map(({ idempotencyKey }) => idempotencyKey), owner, leaseMs],
      );
    },

    async release(key, owner) {
      await pool.query(
        'delete from completion where namespace = $1 and idempotency_key = $2 and owner = $3 and answered_at is null',
        [key.namespace, key.idempotencyKey, owner],
      );
    },

    async keep(key, digest, answer) {
      const { text, model, finishReason, inputTokens, outputTokens } = answer;
      const values = [Buffer.from(text), model, finishReason, inputTokens, outputTokens];
      for (;;) {
        const { rowCount } = await pool.query(KEEP, [key.namespace, key.idempotencyKey, digest, ...values]);
        if (rowCount === 1) return answer;
        const row = await find(key);
        // Undefined: forgotten in between, so that there is room for ours.
        if (row === undefined) continue;
        const claim = claimOf(row, digest);
        return claim.kind === 'answered' ? claim.answer : undefined;
      }
    },

    async forget(ageMs, limit) {
      const { rowCount } = await pool.query(
        `delete from completion where (namespace, idempotency_key) in (
           select namespace, idempotency_key from completion
           where created_at < now() - $1 * interval '1 ms' and (answered_at is not null or claimed_until < now())
           order by created_at limit $2 for update skip locked)`,
        [ageMs, limit],
      );
      return rowCount ?? 0;
    },
  };
}

function claimOf(row: CompletionRow, digest: Buffer): Claim {
  if (!row.request_digest.equals(digest)) return { kind: 'reused' };
  return row.answer === null ? { kind: 'taken' } : { kind: 'answered', answer: answerOf(row, row.answer) };
}

function answerOf(row: CompletionRow, text: Buffer): Answer {
  return {
    text: text.toString(),
    model: row.model,
    finishReason: row.finish_reason,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
  };
}
