/** The facts about every run that filters know, and what they are compared with. */
export const RUN_COLUMNS = {
  run_id: 'id',
  state: 'state',
  workflow_id: 'text',
  workflow_version: 'number',
  created_at: 'time',
  ended_at: 'time',
  duration_ms: 'number',
  session_id: 'text',
  parent_run_id: 'id',
  failure_code: 'text',
  failed_node_id: 'text',
} as const satisfies Record<string, ColumnType>;

export type RunColumn = keyof typeof RUN_COLUMNS;

/** `id`: a UUID; `state`: a word. */
export type ColumnType = 'id' | 'state' | 'text' | 'number' | 'time';

/** Words that `state` may be. */
export const STATE_WORDS = [
  'CREATED',
  'RUNNING',
  'WAITING',
  'PAUSED',
  'FAILING',
  'CANCELLING',
  'DONE',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
] as const;

/** Whether there is such a column. */
export function isRunColumn(name: string): name is RunColumn {
  return Object.hasOwn(RUN_COLUMNS, name);
}
