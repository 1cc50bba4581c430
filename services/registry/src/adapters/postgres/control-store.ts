import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { ControlStore } from '../../app/deployment-store.ts';
import type { DeploymentPlan } from '../../domain/deployment-decision.ts';
import type { DeploymentRecord } from '../../domain/deployment-record.ts';
import { writeRescale } from './autoscale-rows.ts';
import { notifyDeployments } from './change-notice.ts';
import { newRevision } from './deployment-revision.ts';
import { lockDeployment, selectDeployments, selectExecutors } from './deployment-rows.ts';
import { templateOf } from './deployment-store.ts';
import type { RegistryTables } from './tables.ts';

/** What the controller reads and writes, in Postgres. */
export function postgresControlStore(db: Kysely<RegistryTables>): ControlStore {
  return {
    async survey() {
      const [deployments, executors] = await Promise.all([selectDeployments(db, sql`true`), selectExecutors(db)]);
      return { deployments, executors };
    },

    reconcile(key, decide) {
      return db.transaction().execute(async (transaction) => {
        const deployment = await lockDeployment(transaction, key);
        if (deployment === undefined) return undefined;
        const plan = decide(deployment, await selectExecutors(transaction));
        await carryOut(transaction, deployment, plan);
        await notifyDeployments(transaction);
        return plan;
      });
    },

    async forgetExecutors(silentMs) {
      const { rows } = await sql`
        with forgotten as (
          delete from host_executor where heard_at < now() - ${silentMs} * interval '1 ms' returning executor_id
        ), remembered as (
          insert into gone_executor (executor_id) select executor_id from forgotten
          on conflict (executor_id) do update set gone_at = now()
        ), too_old as (
          delete from gone_executor where gone_at < now() - interval '30 days'
        )
        select 1 from forgotten
      `.execute(db);
      return rows.length;
    },
  };
}

async function carryOut(db: Kysely<RegistryTables>, deployment: DeploymentRecord, plan: DeploymentPlan): Promise<void> {
  const { namespace, deploymentId, revision } = deployment;
  const key = sql`(${namespace}, ${deploymentId})`;
  if (plan.isOver) {
    await sql`delete from deployment where (namespace, deployment_id) = ${key}`.execute(db);
    return;
  }
  await sql`delete from assignment where assignment_id = any(${plan.forget}::text[])`.execute(db);
  await sql`update assignment set wanted = false where assignment_id = any(${plan.stop}::text[])`.execute(db);
  if (plan.rescale !== undefined) await writeRescale(db, deployment, plan.rescale);
  await sql`
    update assignment set revision = ${revision}, state = 'ASSIGNED', ready_at = null, updated_replicas = 0
    where assignment_id = any(${plan.adopt}::text[])
  `.execute(db);
  const executors = [...plan.start, ...plan.cleanUp];
  const ids = executors.map(() => `${deploymentId}-${randomUUID().slice(-12)}`);
  await sql`
    insert into assignment (assignment_id, namespace, deployment_id, revision, executor_id, wanted)
    select id, ${namespace}, ${deploymentId}, ${revision}, executor, ${plan.cleanUp.length === 0}
    from unnest(${ids}::text[], ${executors}::text[]) as made (id, executor)
  `.execute(db);
  if (plan.rollBack !== undefined) {
    const template = await templateOf(db, deployment, plan.rollBack.revision);
    const { why } = plan.rollBack;
    const notice = `revision ${revision} made no progress in time and was rolled back to the template of revision ${plan.rollBack.revision}${why === '' ? '' : `: ${why}`}`;
    if (template !== undefined) await newRevision(db, deployment, template, notice);
    return;
  }
  await sql`
    update deployment set
      complete_revision = case when ${plan.completes} then revision else complete_revision end,
      progress_count = coalesce(${plan.progressCount ?? null}::int, progress_count),
      progress_at = case when ${plan.progressCount !== undefined} then now() else progress_at end,
      obstacle = ${plan.obstacle}
    where (namespace, deployment_id) = ${key}
  `.execute(db);
}
