import type { JsonObject } from '@bufbuild/protobuf';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { PackageRecord, TrustedKeyRecord } from '../../domain/package-record.ts';
import type { RegistryTables } from './tables.ts';

/** A package, without its archive. */
export interface PackageRow {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly manifest: JsonObject;
  readonly digest: string;
  readonly size_bytes: number;
  readonly file_count: number;
  readonly key_id: string | null;
  readonly yanked: boolean;
  readonly published_at: Date;
  readonly trusted: boolean;
}

/** A trusted key. */
export interface TrustedKeyRow {
  readonly namespace: string;
  readonly publisher: string;
  readonly key_id: string;
  readonly public_key: string;
  readonly created_at: Date;
}

/** The packages `p` for which `condition` holds, in its order. */
export async function selectPackages(
  db: Kysely<RegistryTables>,
  condition: RawBuilder<unknown>,
): Promise<readonly PackageRow[]> {
  const { rows } = await sql<PackageRow>`
    select namespace, name, version, manifest, digest, size_bytes, file_count, key_id, yanked, published_at,
      exists (
        select from trusted_key k
        where (k.namespace, k.publisher, k.key_id) = (p.namespace, p.publisher, p.key_id)
      ) as trusted
    from package p where ${condition}
  `.execute(db);
  return rows;
}

/** A package as it is kept. */
export function packageRecordOf(row: PackageRow): PackageRecord {
  return {
    namespace: row.namespace,
    name: row.name,
    version: row.version,
    manifest: row.manifest,
    digest: row.digest,
    sizeBytes: row.size_bytes,
    fileCount: row.file_count,
    keyId: row.key_id ?? undefined,
    isTrusted: row.trusted,
    isYanked: row.yanked,
    publishedAtMs: row.published_at.getTime(),
  };
}

/** A key as it is kept. */
export function keyRecordOf(row: TrustedKeyRow): TrustedKeyRecord {
  const { namespace, publisher, key_id: keyId, public_key: publicKey, created_at: createdAt } = row;
  return { namespace, publisher, keyId, publicKey, createdAtMs: createdAt.getTime() };
}
