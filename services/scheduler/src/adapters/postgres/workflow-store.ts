import type { WorkflowDefinition } from '@skein/domain';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { WorkflowRow, WorkflowStore } from '../../app/workflow-store.ts';
import { WORKFLOW_CHANNEL } from './channels.ts';
import type { SchedulerTables, WorkflowVersionTable } from './tables.ts';

const SUMMARY = [
  'namespace',
  'workflow_id',
  'version',
  'digest',
  'name',
  'description',
  'node_count',
  'created_at',
  'deprecated_at',
  'deprecation_reason',
] as const;

/** Those that are not deprecated come first. */
const LIVE_FIRST = sql`deprecated_at is not null`;

/** Workflow definitions in Postgres. */
export function postgresWorkflowStore(db: Kysely<SchedulerTables>): WorkflowStore {
  return {
    apply(namespace, definition, digest) {
      return db.transaction().execute(async (transaction) => {
        // Appliers of one workflow take turns; of different ones, they do not.
        await sql`select pg_advisory_xact_lock(hashtextextended(${`${namespace}/${definition.id}`}, 0))`.execute(
          transaction,
        );
        const latest = await transaction
          .selectFrom('workflow_version')
          .select(SUMMARY)
          .select(sql<number>`max(version) over ()`.as('newest'))
          .where('namespace', '=', namespace)
          .where('workflow_id', '=', definition.id)
          .orderBy(LIVE_FIRST)
          .orderBy('version', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (latest?.digest === digest && latest.deprecated_at === null)
          return { row: workflowRow(latest), created: false };
        const row = await transaction
          .insertInto('workflow_version')
          .values({
            namespace,
            workflow_id: definition.id,
            version: (latest?.newest ?? 0) + 1,
            digest,
            name: definition.name ?? '',
            description: definition.description ?? '',
            node_count: definition.nodes.length,
            definition: JSON.stringify(definition),
          })
          .returning(SUMMARY)
          .executeTakeFirstOrThrow();
        await sql`select pg_notify(${WORKFLOW_CHANNEL}, ${`${namespace}/${definition.id}`})`.execute(transaction);
        return { row: workflowRow(row), created: true };
      });
    },

    async get(namespace, workflowId, version) {
      let query = db
        .selectFrom('workflow_version')
        .selectAll()
        .where('namespace', '=', namespace)
        .where('workflow_id', '=', workflowId);
      if (version > 0) query = query.where('version', '=', version);
      const row = await query.orderBy(LIVE_FIRST).orderBy('version', 'desc').limit(1).executeTakeFirst();
      return row && { ...workflowRow(row), definition: row.definition as unknown as WorkflowDefinition };
    },

    deprecate(namespace, workflowId, version, { deprecated, reason }) {
      return db.transaction().execute(async (transaction) => {
        const row = await transaction
          .updateTable('workflow_version')
          .set({
            deprecated_at: deprecated ? sql`coalesce(deprecated_at, now())` : null,
            deprecation_reason: deprecated ? reason : '',
          })
          .where('namespace', '=', namespace)
          .where('workflow_id', '=', workflowId)
          .where('version', '=', version)
          .returning(SUMMARY)
          .executeTakeFirst();
        await sql`select pg_notify(${WORKFLOW_CHANNEL}, ${`${namespace}/${workflowId}`})`.execute(transaction);
        return row && workflowRow(row);
      });
    },

    async listLatest(namespace, afterWorkflowId, limit) {
      const rows = await db
        .selectFrom('workflow_version')
        .distinctOn('workflow_id')
        .select(SUMMARY)
        .where('namespace', '=', namespace)
        .where('workflow_id', '>', afterWorkflowId)
        .orderBy('workflow_id')
        .orderBy(LIVE_FIRST)
        .orderBy('version', 'desc')
        .limit(limit)
        .execute();
      return rows.map(workflowRow);
    },

    async listVersions(namespace, workflowId, belowVersion, limit) {
      const rows = await db
        .selectFrom('workflow_version')
        .select(SUMMARY)
        .where('namespace', '=', namespace)
        .where('workflow_id', '=', workflowId)
        .where('version', '<', belowVersion)
        .orderBy('version', 'desc')
        .limit(limit)
        .execute();
      return rows.map(workflowRow);
    },
  };
}

function workflowRow(row: Pick<Selectable<WorkflowVersionTable>, (typeof SUMMARY)[number]>): WorkflowRow {
  return {
    namespace: row.namespace,
    workflowId: row.workflow_id,
    version: row.version,
    digest: row.digest,
    name: row.name,
    description: row.description,
    nodeCount: row.node_count,
    createdAtMs: row.created_at.getTime(),
    deprecatedAtMs: row.deprecated_at?.getTime(),
    deprecationReason: row.deprecation_reason,
  };
}
