import type { JsonObject } from '@bufbuild/protobuf';
import { sql, type Kysely } from 'kysely';
import {
  DeploymentAgentError,
  DeploymentDeletingError,
  DeploymentNotFoundError,
  DeploymentRuntimeError,
  ReplicasFixedError,
  ReplicasOutOfBoundsError,
} from '../../app/registry-errors.ts';
import type { DeploymentStore, DesiredDeployment } from '../../app/deployment-store.ts';
import type { DeploymentKey, DeploymentRecord } from '../../domain/deployment-record.ts';
import { requestInstance, writeAutoscale } from './autoscale-rows.ts';
import { canFollow, fixedReplicas, runtimeOf } from '../../domain/instance-template.ts';
import { notifyDeployments } from './change-notice.ts';
import { findDeployment, lockDeployment, selectDeployments } from './deployment-rows.ts';
import { keepPackage } from './package-use.ts';
import { newRevision } from './deployment-revision.ts';
import type { RegistryTables } from './tables.ts';

/** Deployments in Postgres. */
export function postgresDeploymentStore(db: Kysely<RegistryTables>): DeploymentStore {
  /** Changes a deployment that there is, and tells. */
  const change = (
    key: DeploymentKey,
    work: (transaction: Kysely<RegistryTables>, before: DeploymentRecord) => Promise<void>,
  ) =>
    db.transaction().execute(async (transaction) => {
      const before = await lockDeployment(transaction, key);
      if (before === undefined) throw new DeploymentNotFoundError(key);
      await work(transaction, before);
      await notifyDeployments(transaction);
      return written(transaction, key);
    });

  return {
    apply(key, desired) {
      return db.transaction().execute(async (transaction) => {
        await keepPackage(transaction, key.namespace, desired.template);
        const created = await insert(transaction, key, desired);
        if (!created) await update(transaction, key, desired);
        return { deployment: await written(transaction, key), created };
      });
    },

    scale: (key, replicas) =>
      change(key, async (transaction, before) => {
        if (before.deleting) throw new DeploymentDeletingError(key);
        const fixed = fixedReplicas(before.template);
        if (fixed !== undefined && replicas !== fixed) throw new ReplicasFixedError(key, fixed);
        const { settings } = before.autoscaling ?? {};
        if (settings !== undefined && (replicas < settings.minReplicas || replicas > settings.maxReplicas)) {
          throw new ReplicasOutOfBoundsError(key, replicas, settings);
        }
        await setReplicas(transaction, before, replicas);
      }),

    autoscale: (key, settings) =>
      change(key, async (transaction, before) => {
        if (before.deleting) throw new DeploymentDeletingError(key);
        const fixed = fixedReplicas(before.template);
        if (fixed !== undefined && settings !== undefined) throw new ReplicasFixedError(key, fixed);
        await writeAutoscale(transaction, before, settings);
      }),

    rollBack: (key, revision) =>
      change(key, async (transaction, before) => {
        if (before.deleting) throw new DeploymentDeletingError(key);
        const template = await templateOf(transaction, key, revision || before.revision - 1);
        if (template === undefined) throw new DeploymentNotFoundError(key, revision || before.revision - 1);
        await keepPackage(transaction, key.namespace, template);
        await newRevision(transaction, before, template, '');
      }),

    remove: (key) =>
      change(key, async (transaction) => {
        await sql`
          update deployment set deleting = true, updated_at = now()
          where (namespace, deployment_id) = (${key.namespace}, ${key.deploymentId}) and not deleting
        `.execute(transaction);
      }),

    requestInstance: (agent, fits) => requestInstance(db, agent, fits),

    get: (key) => findDeployment(db, key),

    list: ({ namespace, afterDeploymentId, limit }) =>
      selectDeployments(
        db,
        sql`d.namespace = ${namespace} and d.deployment_id > ${afterDeploymentId} order by d.deployment_id limit ${limit}`,
      ),
  };
}

/** False: there is one already. */
async function insert(
  db: Kysely<RegistryTables>,
  { namespace, deploymentId }: DeploymentKey,
  desired: DesiredDeployment,
): Promise<boolean> {
  const { agentId, rollout, template, autoscale } = desired;
  const { minReplicas = 0 } = autoscale ?? {};
  const { replicas = Math.max(1, minReplicas) } = desired;
  const { rows } = await sql`
    with made as (
      insert into deployment (namespace, deployment_id, agent_id, replicas, rollout, autoscale, revision)
      values (${namespace}, ${deploymentId}, ${agentId}, ${replicas}, ${JSON.stringify(rollout)},
        ${autoscale === undefined ? null : JSON.stringify(autoscale)}::jsonb, 1)
      on conflict do nothing returning namespace, deployment_id
    )
    insert into deployment_revision (namespace, deployment_id, revision, template)
    select namespace, deployment_id, 1, ${JSON.stringify(template)}::jsonb from made returning 1
  `.execute(db);
  if (rows.length > 0) await notifyDeployments(db);
  return rows.length > 0;
}

async function update(db: Kysely<RegistryTables>, key: DeploymentKey, desired: DesiredDeployment): Promise<void> {
  const before = await lockDeployment(db, key);
  // It was there a moment ago; its last instance has just stopped.
  if (before === undefined || before.deleting) throw new DeploymentDeletingError(key);
  desired.checkBefore?.(before.template);
  if (before.agentId !== desired.agentId) throw new DeploymentAgentError(key, before.agentId);
  if (!canFollow(runtimeOf(desired.template), before.runtime)) throw new DeploymentRuntimeError(key, before.runtime);
  const { namespace, deploymentId } = key;
  const { rows } = await sql<{ is_same: boolean }>`
    update deployment set rollout = ${JSON.stringify(desired.rollout)}::jsonb, updated_at = now()
    where (namespace, deployment_id) = (${namespace}, ${deploymentId}) and rollout <> ${JSON.stringify(desired.rollout)}::jsonb
    returning false as is_same
  `.execute(db);
  const isAutoscaled = (desired.autoscale ?? before.autoscaling) !== undefined;
  const isOtherScale = desired.autoscale !== undefined && (await writeAutoscale(db, key, desired.autoscale));
  const { replicas = before.replicas } = isAutoscaled ? {} : desired;
  if (replicas !== before.replicas) await setReplicas(db, key, replicas);
  const isNew = await newRevision(db, before, desired.template, '');
  if (isNew || isOtherScale || replicas !== before.replicas || rows.length > 0) await notifyDeployments(db);
}

/** A new number of instances gives them the whole deadline again. */
async function setReplicas(
  db: Kysely<RegistryTables>,
  { namespace, deploymentId }: DeploymentKey,
  replicas: number,
): Promise<void> {
  await sql`
    update deployment set replicas = ${replicas}, progress_at = now(), updated_at = now(), scale_pending = null,
      scale_reason = case when autoscale is null then scale_reason else ${`set by hand to ${replicas} instances`} end, used_at = now()
    where (namespace, deployment_id) = (${namespace}, ${deploymentId}) and replicas <> ${replicas}
  `.execute(db);
}

/** The template of a revision that is still kept. */
export async function templateOf(
  db: Kysely<RegistryTables>,
  { namespace, deploymentId }: DeploymentKey,
  revision: number,
): Promise<JsonObject | undefined> {
  const { rows } = await sql<{ template: JsonObject }>`
    select template from deployment_revision
    where (namespace, deployment_id, revision) = (${namespace}, ${deploymentId}, ${revision})
  `.execute(db);
  return rows[0]?.template;
}

async function written(db: Kysely<RegistryTables>, key: DeploymentKey): Promise<DeploymentRecord> {
  const deployment = await findDeployment(db, key);
  if (deployment === undefined) throw new DeploymentNotFoundError(key);
  return deployment;
}
