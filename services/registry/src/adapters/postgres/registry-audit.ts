import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';

/** Signs of life are written down every half minute. */
const UNPROBED = "interval '10 minutes'";
const ORPHAN = `not exists (
  select from agent_version v where (v.namespace, v.agent_id, v.version) = (instance.namespace, instance.agent_id, instance.version))`;
/** Longer than any outage in which leases are left. */
const OVERDUE = "interval '10 minutes'";

/** Every check of the schema `registry`. */
export function registryAudit(pool: Pool): AuditCheck[] {
  return [
    {
      code: 'INSTANCE_ORPHAN',
      severity: 'problem',
      message: 'there are instances of agents that are not registered',
      remedy: '`skein doctor --repair` deletes them',
      find: () =>
        findDefects(
          pool,
          `select namespace || '/' || agent_id || ' ' || endpoint as sample from instance where ${ORPHAN}`,
        ),
      async mend() {
        const { rowCount } = await pool.query(`delete from instance where ${ORPHAN}`);
        return rowCount ?? 0;
      },
    },
    {
      code: 'AGENT_WITHOUT_INSTANCE',
      severity: 'warning',
      message: 'agents are registered without an instance: nothing can be called',
      remedy: 'register them again with `--endpoint`, or remove them with `skein agents remove`',
      find: () =>
        findDefects(
          pool,
          `select namespace || '/' || agent_id as sample from agent where not exists (
             select from instance i where i.namespace = agent.namespace and i.agent_id = agent.agent_id)
           -- None run of these while nobody calls.
           and not exists (
             select from deployment d where (d.namespace, d.agent_id) = (agent.namespace, agent.agent_id)
               and not d.deleting and (d.autoscale->>'minReplicas')::int = 0)`,
        ),
    },
    {
      code: 'LEASE_OVERDUE',
      severity: 'warning',
      message: 'the leases of instances ran out ten minutes ago, and they are still there: nobody looks for them',
      remedy: 'see the log of the registry; `skein doctor --repair` forgets them',
      find: () =>
        findDefects(
          pool,
          `select namespace || '/' || agent_id || ' ' || endpoint as sample from instance
           where lease_expires_at + lease_ttl_ms * interval '1 ms' < now() - ${OVERDUE}`,
        ),
      async mend() {
        const { rowCount } = await pool.query(
          `delete from instance where lease_expires_at + lease_ttl_ms * interval '1 ms' < now() - ${OVERDUE}`,
        );
        return rowCount ?? 0;
      },
    },
    {
      code: 'HEALTH_OUTDATED',
      severity: 'warning',
      message: 'instances count as healthy and have not been seen for ten minutes: nobody probes them',
      remedy: 'see the log of the registry: its probes do not run, or cannot be written down',
      find: () =>
        findDefects(
          pool,
          `select namespace || '/' || agent_id || ' ' || endpoint as sample from instance join agent_version
             using (namespace, agent_id, version)
           where health = 'HEALTHY' and protocol <> 'IN_PROCESS' and last_healthy_at < now() - ${UNPROBED}`,
        ),
    },
    {
      code: 'ASSIGNMENT_ORPHAN',
      severity: 'problem',
      message: 'instances of deployments are assigned to executors that are gone: nobody keeps them running',
      remedy: 'see the log of the registry: no process of it looks after deployments',
      find: () =>
        findDefects(
          pool,
          `select namespace || '/' || deployment_id || ' ' || assignment_id as sample from assignment
           where created_at < now() - ${OVERDUE} and not exists (
             select from host_executor e
             where e.executor_id = assignment.executor_id and e.heard_at > now() - ${OVERDUE})`,
        ),
    },
    {
      code: 'PACKAGE_MISSING',
      severity: 'problem',
      message:
        'processes of deployments run in the files of packages that the catalogue does not have: executors cannot fetch them',
      remedy: 'publish the same files again, or install another version',
      find: () =>
        findDefects(
          pool,
          `select d.namespace || '/' || d.deployment_id || ' ' || (source->>'name') || '@' || (source->>'version') as sample
           from deployment d join deployment_revision r using (namespace, deployment_id, revision),
             lateral (select r.template->'package' as source) s
           where not d.deleting and r.template ? 'process' and source is not null and not exists (
             select from package p
             where (p.namespace, p.name, p.version, p.digest)
               = (d.namespace, source->>'name', source->>'version', source->>'digest'))`,
        ),
    },
    {
      code: 'DEPLOYMENT_OVERDUE',
      severity: 'warning',
      message: 'deployments have not become complete within their progress deadline',
      remedy: '`skein deployments get ID` says what is in the way',
      find: () =>
        findDefects(
          pool,
          `select namespace || '/' || deployment_id as sample from deployment
           where not deleting and complete_revision <> revision
             and progress_at + (rollout->>'progressDeadlineMs')::float8 * interval '1 ms' < now() - interval '1 minute'`,
        ),
    },
  ];
}
