import { sql, type Kysely } from 'kysely';
import {
  PackageInUseError,
  PackageNotFoundError,
  PackageUntrustedError,
  PackageVersionExistsError,
} from '../../app/catalogue-errors.ts';
import type { CatalogueStore } from '../../app/catalogue-store.ts';
import { chosenVersion, type PackageContent, type PackageKey } from '../../domain/package-record.ts';
import { findPolicy, writePolicy } from './install-policy-rows.ts';
import { usersOfPackage } from './package-use.ts';
import { keyRecordOf, packageRecordOf, selectPackages, type TrustedKeyRow } from './package-rows.ts';
import type { RegistryTables } from './tables.ts';

const CHUNK_BYTES = 256 * 1024;

/** The catalogue in Postgres. */
export function postgresCatalogueStore(db: Kysely<RegistryTables>): CatalogueStore {
  const versions = async (from: Kysely<RegistryTables>, { namespace, name }: PackageKey) =>
    (await selectPackages(from, sql`p.namespace = ${namespace} and p.name = ${name}`)).map(packageRecordOf);

  return {
    publish: (content) =>
      db.transaction().execute(async (transaction) => {
        await lockName(transaction, content);
        const before = await versions(transaction, content);
        const same = before.find(({ version }) => version === content.version);
        if (same !== undefined && same.digest !== content.digest) throw new PackageVersionExistsError(same, false);
        if (same !== undefined) return { record: same, created: false };
        const deleted = await deletedVersions(transaction, content);
        const gone = deleted.find(({ version }) => version === content.version);
        // S4.
        if (gone !== undefined && gone.digest !== content.digest) throw new PackageVersionExistsError(gone, true);
        const signers = new Set([...before, ...deleted].flatMap(({ keyId }) => keyId ?? []));
        const isKnown = content.keyId !== undefined && signers.has(content.keyId);
        if (signers.size > 0 && !isKnown && !(await isTrusted(transaction, content))) {
          throw new PackageUntrustedError(
            content,
            'is not signed by a key of its earlier versions, nor by a trusted one',
          );
        }
        await insert(transaction, content);
        await sql`
          delete from deleted_package
          where (namespace, name, version) = (${content.namespace}, ${content.name}, ${content.version})
        `.execute(transaction);
        await markNewest(transaction, content, await versions(transaction, content));
        const record = (await versions(transaction, content)).find(({ version }) => version === content.version);
        if (record === undefined) throw new Error('a package that was just written is not there');
        return { record, created: true };
      }),

    async search({ namespace, text, capability, agentType, publisher, afterName, limit }) {
      const rows = await selectPackages(
        db,
        sql`p.namespace = ${namespace} and p.newest and p.name > ${afterName}
          and (${text} = '' or position(lower(${text}) in lower(p.name || ' ' || p.description)) > 0)
          and (${capability} = '' or ${capability} = any(p.capabilities))
          and (${agentType} = '' or p.agent_type = ${agentType})
          and (${publisher} = '' or p.publisher = ${publisher})
          order by p.name limit ${limit}`,
      );
      return rows.map(packageRecordOf);
    },

    versions: (key) => versions(db, key),

    async *archive({ namespace, name, version, sizeBytes }, offsetBytes) {
      for (let at = offsetBytes; at < sizeBytes;) {
        const position = Math.floor(at / CHUNK_BYTES);
        const { rows } = await sql<{ data: Buffer }>`
          select data from package_chunk
          where (namespace, name, version, position) = (${namespace}, ${name}, ${version}, ${position})
        `.execute(db);
        const [chunk] = rows;
        // It was deleted meanwhile.
        if (chunk === undefined) throw new PackageNotFoundError({ namespace, name }, version);
        const data = chunk.data.subarray(at - position * CHUNK_BYTES);
        yield data;
        at += data.length;
      }
    },

    setYanked: (key, version, isYanked) =>
      db.transaction().execute(async (transaction) => {
        await lockName(transaction, key);
        await sql`
          update package set yanked = ${isYanked}
          where (namespace, name, version) = (${key.namespace}, ${key.name}, ${version})
        `.execute(transaction);
        const after = await versions(transaction, key);
        await markNewest(transaction, key, after);
        return after.find((each) => each.version === version);
      }),

    remove: (key, version) =>
      db.transaction().execute(async (transaction) => {
        const { namespace, name } = key;
        await lockName(transaction, key);
        // Who installs it at the moment is waited for (keepPackage), and seen by the statement after.
        const { rows } = await sql`
          select 1 from package where (namespace, name, version) = (${namespace}, ${name}, ${version}) for update
        `.execute(transaction);
        if (rows.length === 0) {
          const isGone = (await deletedVersions(transaction, key)).some((each) => each.version === version);
          return isGone ? false : undefined;
        }
        const users = await usersOfPackage(transaction, key, version);
        if (users.length > 0) throw new PackageInUseError(key, version, users);
        await sql`
          with gone as (
            delete from package where (namespace, name, version) = (${namespace}, ${name}, ${version})
            returning namespace, name, version, digest, key_id
          )
          insert into deleted_package (namespace, name, version, digest, key_id) select * from gone
        `.execute(transaction);
        await markNewest(transaction, key, await versions(transaction, key));
        return true;
      }),

    policy: (namespace) => findPolicy(db, namespace),

    setPolicy: (namespace, policy) => writePolicy(db, namespace, policy),

    async trust({ namespace, publisher, keyId, publicKey }) {
      const { rows } = await sql<TrustedKeyRow>`
        insert into trusted_key (namespace, publisher, key_id, public_key)
        values (${namespace}, ${publisher}, ${keyId}, ${publicKey})
        on conflict (namespace, publisher, key_id) do update set public_key = excluded.public_key returning *
      `.execute(db);
      const [row] = rows;
      if (row === undefined) throw new Error('a key that was just written is not there');
      return keyRecordOf(row);
    },

    async trustedKeys(namespace) {
      const { rows } = await sql<TrustedKeyRow>`
        select * from trusted_key where namespace = ${namespace} order by publisher, key_id
      `.execute(db);
      return rows.map(keyRecordOf);
    },

    async distrust(namespace, keyId) {
      const { rows } = await sql`
        delete from trusted_key where (namespace, key_id) = (${namespace}, ${keyId}) returning 1
      `.execute(db);
      return rows.length > 0;
    },
  };
}

/** In no order. */
async function deletedVersions(db: Kysely<RegistryTables>, { namespace, name }: PackageKey) {
  const { rows } = await sql<{ version: string; digest: string; key_id: string | null }>`
    select version, digest, key_id from deleted_package where (namespace, name) = (${namespace}, ${name})
  `.execute(db);
  return rows.map(({ version, digest, key_id: keyId }) => ({ name, version, digest, keyId: keyId ?? undefined }));
}

/** Until the end of the transaction nobody else publishes, yanks or deletes this name. */
async function lockName(db: Kysely<RegistryTables>, { namespace, name }: PackageKey): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`package/${namespace}/${name}`}, 0))`.execute(db);
}

async function isTrusted(db: Kysely<RegistryTables>, { namespace, name, keyId }: PackageContent): Promise<boolean> {
  const { rows } = await sql`
    select 1 from trusted_key
    where (namespace, publisher, key_id) = (${namespace}, split_part(${name}, '/', 1), ${keyId ?? ''})
  `.execute(db);
  return rows.length > 0;
}

async function insert(db: Kysely<RegistryTables>, content: PackageContent): Promise<void> {
  const { namespace, name, version, manifest, archive } = content;
  await sql`
    insert into package (namespace, name, version, manifest, publisher, description, agent_type, capabilities, digest,
      size_bytes, file_count, key_id)
    values (${namespace}, ${name}, ${version}, ${JSON.stringify(manifest)}::jsonb, split_part(${name}, '/', 1),
      ${content.description}, ${content.agentType}, ${[...content.capabilities]}::text[], ${content.digest},
      ${archive.length}, ${content.fileCount}, ${content.keyId ?? null})
  `.execute(db);
  for (let position = 0; position * CHUNK_BYTES < archive.length; position += 1) {
    const data = archive.subarray(position * CHUNK_BYTES, (position + 1) * CHUNK_BYTES);
    await sql`
      insert into package_chunk (namespace, name, version, position, data)
      values (${namespace}, ${name}, ${version}, ${position}, ${data})
    `.execute(db);
  }
}

/** Versions are ordered here: SQL has no order of semantic versions. */
async function markNewest(
  db: Kysely<RegistryTables>,
  { namespace, name }: PackageKey,
  versions: Parameters<typeof chosenVersion>[0],
): Promise<void> {
  const newest = chosenVersion(versions, '')?.version ?? '';
  // One after the other: at no time may there be two.
  for (const isNewest of [false, true]) {
    await sql`
      update package set newest = ${isNewest}
      where namespace = ${namespace} and name = ${name} and newest <> ${isNewest} and (version = ${newest}) = ${isNewest}
    `.execute(db);
  }
}
