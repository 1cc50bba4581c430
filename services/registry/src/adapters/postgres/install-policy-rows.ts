import { sql, type Kysely } from 'kysely';
import type { InstallPolicy, InstallPolicyRecord } from '../../domain/install-policy.ts';
import type { RegistryTables } from './tables.ts';

interface InstallPolicyRow {
  readonly require_signature: boolean;
  readonly allowed_key_ids: readonly string[];
  readonly updated_at: Date;
}

/** The policy of a namespace, or what holds without one. */
export async function findPolicy(db: Kysely<RegistryTables>, namespace: string): Promise<InstallPolicyRecord> {
  const { rows } = await sql<InstallPolicyRow>`
    select require_signature, allowed_key_ids, updated_at from install_policy where namespace = ${namespace}
  `.execute(db);
  const [row] = rows;
  return {
    namespace,
    requireSignature: row?.require_signature ?? false,
    allowedKeyIds: row?.allowed_key_ids ?? [],
    updatedAtMs: row?.updated_at.getTime(),
  };
}

/** Replaces the policy of a namespace; one that stays as it was keeps its time. */
export async function writePolicy(
  db: Kysely<RegistryTables>,
  namespace: string,
  { requireSignature, allowedKeyIds }: InstallPolicy,
): Promise<InstallPolicyRecord> {
  await sql`
    insert into install_policy as p (namespace, require_signature, allowed_key_ids)
    values (${namespace}, ${requireSignature}, ${[...allowedKeyIds]}::text[])
    on conflict (namespace) do update
      set require_signature = excluded.require_signature, allowed_key_ids = excluded.allowed_key_ids, updated_at = now()
      where (p.require_signature, p.allowed_key_ids) is distinct from (excluded.require_signature, excluded.allowed_key_ids)
  `.execute(db);
  return findPolicy(db, namespace);
}
