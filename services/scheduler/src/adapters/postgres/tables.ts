import type { ColumnType, Generated } from 'kysely';

/** One version of a workflow. */
export interface WorkflowVersionTable {
  namespace: string;
  workflow_id: string;
  version: number;
  digest: string;
  name: string;
  description: string;
  node_count: number;
  definition: ColumnType<object, string, never>;
  created_at: Generated<Date>;
  deprecated_at: ColumnType<Date | null, never, Date | null>;
  deprecation_reason: Generated<string>;
}

/** The tables that are read and written through kysely; the hot path has SQL of its own. */
export interface SchedulerTables {
  workflow_version: WorkflowVersionTable;
}
