/** Deployments as they are read: with their newest template and their assignments, all of one moment. */
import type { JsonObject } from '@bufbuild/protobuf';
import { sql, type Kysely, type Selectable } from 'kysely';
import type {
  AssignmentRecord,
  AssignmentState,
  DeploymentKey,
  DeploymentRecord,
  HostExecutor,
} from '../../domain/deployment-record.ts';
import { runtimeOf } from '../../domain/instance-template.ts';
import type { DeploymentTable, RegistryTables } from './tables.ts';

interface AssignmentRow {
  readonly assignment_id: string;
  readonly revision: number;
  readonly executor_id: string;
  readonly wanted: boolean;
  readonly state: AssignmentState;
  readonly endpoint: string;
  readonly pid: number;
  readonly restarts: number;
  readonly failure: string;
  readonly container_id: string;
  readonly notice: string;
  readonly created_at_ms: number;
  readonly ready_at_ms: number | null;
}

interface DeploymentRow extends Selectable<DeploymentTable> {
  readonly template: JsonObject;
  readonly assignments: readonly AssignmentRow[] | null;
  readonly read_at: Date;
}

/** Deployments that fit `where`, which may end with an order and a limit. */
export async function selectDeployments(
  db: Kysely<RegistryTables>,
  where: ReturnType<typeof sql>,
): Promise<DeploymentRecord[]> {
  const { rows } = await sql<DeploymentRow>`
    select d.*, r.template, now() as read_at, (
      select json_agg(json_build_object(
        'assignment_id', assignment_id, 'revision', revision, 'executor_id', executor_id, 'wanted', wanted, 'state', state,
        'endpoint', endpoint, 'pid', pid, 'restarts', restarts, 'failure', failure,
        'container_id', container_id, 'notice', notice,
        'created_at_ms', extract(epoch from created_at) * 1000, 'ready_at_ms', extract(epoch from ready_at) * 1000
      ) order by created_at, assignment_id)
      from assignment a where (a.namespace, a.deployment_id) = (d.namespace, d.deployment_id)
    ) as assignments
    from deployment d join deployment_revision r using (namespace, deployment_id, revision)
    where ${where}
  `.execute(db);
  return rows.map(recordOf);
}

/** One deployment, locked so that its writers take turns; undefined: there is none. */
export async function lockDeployment(
  db: Kysely<RegistryTables>,
  { namespace, deploymentId }: DeploymentKey,
): Promise<DeploymentRecord | undefined> {
  const { rows } = await sql`
    select 1 from deployment where (namespace, deployment_id) = (${namespace}, ${deploymentId}) for update
  `.execute(db);
  return rows.length === 0 ? undefined : findDeployment(db, { namespace, deploymentId });
}

export async function findDeployment(
  db: Kysely<RegistryTables>,
  { namespace, deploymentId }: DeploymentKey,
): Promise<DeploymentRecord | undefined> {
  const [found] = await selectDeployments(db, sql`(d.namespace, d.deployment_id) = (${namespace}, ${deploymentId})`);
  return found;
}

/** Every executor that takes instances, and how many it has. */
export async function selectExecutors(db: Kysely<RegistryTables>): Promise<HostExecutor[]> {
  const { rows } = await sql<{ executor_id: string; runtimes: string[]; capacity: number; assigned: number }>`
    select executor_id, runtimes, capacity,
      (select count(*)::int from assignment a where a.executor_id = e.executor_id) as assigned
    from host_executor e
  `.execute(db);
  return rows.map(({ executor_id: executorId, ...rest }) => ({ executorId, ...rest }));
}

function recordOf(row: DeploymentRow): DeploymentRecord {
  return {
    namespace: row.namespace,
    deploymentId: row.deployment_id,
    agentId: row.agent_id,
    replicas: row.replicas,
    rollout: row.rollout,
    revision: Number(row.revision),
    completeRevision: Number(row.complete_revision),
    progressCount: row.progress_count,
    progressAtMs: row.progress_at.getTime(),
    deleting: row.deleting,
    notice: row.notice,
    obstacle: row.obstacle,
    template: row.template,
    runtime: runtimeOf(row.template),
    assignments: (row.assignments ?? []).map(assignmentOf),
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
    readAtMs: row.read_at.getTime(),
  };
}

const assignmentOf = (row: AssignmentRow): AssignmentRecord => ({
  assignmentId: row.assignment_id,
  revision: row.revision,
  executorId: row.executor_id,
  wanted: row.wanted,
  state: row.state,
  endpoint: row.endpoint,
  pid: row.pid,
  restarts: row.restarts,
  failure: row.failure,
  containerId: row.container_id,
  notice: row.notice,
  createdAtMs: row.created_at_ms,
  readyAtMs: row.ready_at_ms ?? undefined,
});
