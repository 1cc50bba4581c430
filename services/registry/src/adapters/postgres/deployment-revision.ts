import type { JsonObject } from '@bufbuild/protobuf';
import { sql, type Kysely } from 'kysely';
import type { DeploymentKey, DeploymentState } from '../../domain/deployment-record.ts';
import { fixedReplicas } from '../../domain/instance-template.ts';
import type { RegistryTables } from './tables.ts';

const KEPT_REVISIONS = 10;

/**
 * Makes a template the newest revision, within the transaction that holds the deployment's lock. Instances that are made of
 * the same one already become part of it: nothing of them changes. False: it is the newest one.
 */
export async function newRevision(
  db: Kysely<RegistryTables>,
  { namespace, deploymentId, revision }: DeploymentKey & Pick<DeploymentState, 'revision'>,
  template: JsonObject,
  notice: string,
): Promise<boolean> {
  const next = revision + 1;
  const json = JSON.stringify(template);
  const key = sql`(${namespace}, ${deploymentId})`;
  const { rows } = await sql`
    insert into deployment_revision (namespace, deployment_id, revision, template)
    select ${namespace}, ${deploymentId}, ${next}, ${json}::jsonb
    where not exists (
      select from deployment_revision
      where (namespace, deployment_id) = ${key} and revision = ${revision} and template = ${json}::jsonb)
    returning 1
  `.execute(db);
  if (rows.length === 0) return false;
  await sql`
    update assignment a set revision = ${next} from deployment_revision r
    where (a.namespace, a.deployment_id) = ${key} and (r.namespace, r.deployment_id) = ${key}
      and r.revision = a.revision and r.template = ${json}::jsonb
  `.execute(db);
  await sql`
    update deployment set revision = ${next}, replicas = coalesce(${fixedReplicas(template) ?? null}::int, replicas), progress_count = 0, progress_at = now(), notice = ${notice}, updated_at = now()
    where (namespace, deployment_id) = ${key}
  `.execute(db);
  await sql`
    delete from deployment_revision r using deployment d
    where (d.namespace, d.deployment_id) = ${key} and (r.namespace, r.deployment_id) = ${key}
      and r.revision <= ${next - KEPT_REVISIONS} and r.revision <> d.complete_revision
      and not exists (
        select from assignment a where (a.namespace, a.deployment_id, a.revision) = (r.namespace, r.deployment_id, r.revision))
  `.execute(db);
  return true;
}
