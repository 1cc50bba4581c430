/** Which packages are installed, by what came of installing them: there is no second state. */
import type { JsonObject } from '@bufbuild/protobuf';
import { sql, type Kysely } from 'kysely';
import { PackageNotFoundError, PackageUntrustedError } from '../../app/catalogue-errors.ts';
import { whyNotTrusted } from '../../domain/install-policy.ts';
import { runtimeOf } from '../../domain/instance-template.ts';
import { packageSourceOf, type PackageKey } from '../../domain/package-record.ts';
import { findPolicy } from './install-policy-rows.ts';
import { packageRecordOf, selectPackages } from './package-rows.ts';
import type { RegistryTables } from './tables.ts';

/**
 * Until the end of the transaction, nobody deletes the version that the template is of.
 * @throws PackageNotFoundError where executors would look for its files in vain, PackageUntrustedError where the namespace requires
 *         a signature that counts.
 */
export async function keepPackage(db: Kysely<RegistryTables>, namespace: string, template: JsonObject): Promise<void> {
  const source = packageSourceOf(template);
  if (source === undefined) return;
  const { name, version, digest } = source;
  const [row] = await selectPackages(
    db,
    sql`(namespace, name, version, digest) = (${namespace}, ${name}, ${version}, ${digest}) for key share of p`,
  );
  // Nothing else runs in its files.
  if (runtimeOf(template) !== 'process') return;
  if (row === undefined) throw new PackageNotFoundError({ namespace, name }, `${version} with digest ${digest}`);
  const policy = await findPolicy(db, namespace);
  const record = packageRecordOf(row);
  const why = whyNotTrusted(record, policy);
  if (why !== undefined && policy.requireSignature) throw new PackageUntrustedError(record, why);
}

/**
 * What a version is installed as: deployments whose newest revision it is, the last one that was complete, or one of which there
 * are instances; and agents. In the order of their ids.
 */
export async function usersOfPackage(
  db: Kysely<RegistryTables>,
  { namespace, name }: PackageKey,
  version: string,
): Promise<readonly string[]> {
  const { rows } = await sql<{ user: string }>`
    select distinct 'deployment ' || d.deployment_id as user
    from deployment d join deployment_revision r using (namespace, deployment_id)
    where d.namespace = ${namespace} and r.template->'package'->>'name' = ${name}
      and r.template->'package'->>'version' = ${version}
      and (r.revision in (d.revision, d.complete_revision) or exists (
        select from assignment a
        where (a.namespace, a.deployment_id, a.revision) = (r.namespace, r.deployment_id, r.revision)))
    union
    select 'agent ' || agent_id from agent_version
    where namespace = ${namespace} and labels->>'skein.package' = ${name} and labels->>'skein.package.version' = ${version}
    order by 1
  `.execute(db);
  return rows.map(({ user }) => user);
}
