import { sql, type Kysely, type Selectable } from 'kysely';
import type { ToolStore } from '../../app/tool-store.ts';
import type { ToolKey, ToolKind, ToolRecord } from '../../domain/tool-record.ts';
import type { RegistryTables, ToolTable } from './tables.ts';

/** Tools in Postgres. */
export function postgresToolStore(db: Kysely<RegistryTables>): ToolStore {
  return {
    async put({ namespace, toolId }, { description, inputSchema, outputSchema, how }) {
      const columns = {
        description,
        input_schema: inputSchema === undefined ? null : JSON.stringify(inputSchema),
        output_schema: outputSchema === undefined ? null : JSON.stringify(outputSchema),
        kind: how.kind,
        settings: JSON.stringify(how.settings),
      };
      const row = await db
        .insertInto('tool')
        .values({ namespace, tool_id: toolId, ...columns })
        .onConflict((conflict) =>
          conflict.columns(['namespace', 'tool_id']).doUpdateSet({ ...columns, updated_at: sql<Date>`now()` }),
        )
        .returningAll()
        // A row that an insert has made was never in anybody's way.
        .returning(sql<boolean>`xmax = 0`.as('created'))
        .executeTakeFirstOrThrow();
      return { tool: recordOf(row), created: row.created };
    },

    async get(key) {
      const row = await db.selectFrom('tool').selectAll().where(matches(key)).executeTakeFirst();
      return row && recordOf(row);
    },

    async list({ namespace, afterToolId, limit }) {
      const rows = await db
        .selectFrom('tool')
        .selectAll()
        .where('namespace', '=', namespace)
        .where('tool_id', '>', afterToolId)
        .orderBy('tool_id')
        .limit(limit)
        .execute();
      return rows.map(recordOf);
    },

    async remove(key) {
      const { numDeletedRows } = await db.deleteFrom('tool').where(matches(key)).executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
  };
}

function matches({ namespace, toolId }: ToolKey) {
  return sql<boolean>`namespace = ${namespace} and tool_id = ${toolId}`;
}

function recordOf(row: Selectable<ToolTable>): ToolRecord {
  return {
    namespace: row.namespace,
    toolId: row.tool_id,
    description: row.description,
    inputSchema: row.input_schema ?? undefined,
    outputSchema: row.output_schema ?? undefined,
    how: { kind: row.kind, settings: row.settings } as unknown as ToolKind,
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
  };
}
