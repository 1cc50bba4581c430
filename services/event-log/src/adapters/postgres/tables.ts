import type { Generated } from 'kysely';

/** The tables of the schema `event_log`, as `migrations/` makes them. */
export interface EventLogTables {
  run_event: {
    run_id: string;
    first_seq: number;
    stored_at: Generated<Date>;
    event_count: number;
    namespace: string;
    body: Buffer;
  };
  task_event: {
    run_id: string;
    first_task_seq: number;
    stored_at: Generated<Date>;
    attempt: number;
    dispatch: number;
    event_count: number;
    node_id: string;
    namespace: string;
    body: Buffer;
  };
}
