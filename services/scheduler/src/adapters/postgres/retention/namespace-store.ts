import type { Pool } from '@skein/postgres';
import {
  defaultNamespace,
  type NamespaceSettings,
  type NamespaceStore,
  type RunRetentionRule,
} from '../../../app/retention/namespaces.ts';

const COLUMNS = 'namespace, description, labels, run_retention_ms, keeps_forever';

/** Steps from name to name in one table, a look-up each: a table has few namespaces and many rows. */
function namesIn(table: string, where: string): string {
  const first = (after: string) => `(select namespace from ${table} where ${where}${after} order by namespace limit 1)`;
  return `(with recursive known as (
    select ${first('')} as namespace
    union all
    select ${first(' and namespace > known.namespace')} from known where known.namespace is not null
  ) select namespace collate "C" from known where namespace is not null)`;
}

const LIST = `
select name as namespace, coalesce(n.description, '') as description, coalesce(n.labels, '{}') as labels,
  n.run_retention_ms, coalesce(n.keeps_forever, false) as keeps_forever
from (
  select 'default' collate "C" as name
  union ${namesIn('namespace', 'true')}
  union ${namesIn('workflow_version', 'true')}
  union ${namesIn('run', 'parent_run_id is null')}
  union ${namesIn('schedule', 'true')}
) as known left join namespace n on n.namespace = known.name
where name > $1 order by name limit $2`;

/** What is null is not changed. */
const UPDATE = `
insert into namespace as n (namespace, description, labels, run_retention_ms, keeps_forever)
values ($1, coalesce($2, ''), coalesce($3::jsonb, '{}'), $5, coalesce($6, false))
on conflict (namespace) do update set description = coalesce($2, n.description), labels = coalesce($3::jsonb, n.labels),
  run_retention_ms = case when $4::boolean then excluded.run_retention_ms else n.run_retention_ms end,
  keeps_forever = case when $4::boolean then excluded.keeps_forever else n.keeps_forever end
returning ${COLUMNS}`;

interface NamespaceColumns {
  readonly namespace: string;
  readonly description: string;
  readonly labels: Record<string, string>;
  readonly run_retention_ms: string | null;
  readonly keeps_forever: boolean;
}

/** Namespaces in Postgres. The pool's connections find the schema `scheduler` in their search path. */
export function postgresNamespaceStore(pool: Pool): NamespaceStore {
  return {
    async get(name) {
      const text = `select ${COLUMNS} from namespace where namespace = $1`;
      const { rows } = await pool.query<NamespaceColumns>(text, [name]);
      return rows.map(settingsOf)[0] ?? defaultNamespace(name);
    },

    async list(afterName, limit) {
      const { rows } = await pool.query<NamespaceColumns>(LIST, [afterName, limit]);
      return rows.map(settingsOf);
    },

    async update(name, { description, labels, runRetention }) {
      const { rows } = await pool.query<NamespaceColumns>(UPDATE, [
        name,
        description ?? null,
        labels === undefined ? null : JSON.stringify(labels),
        runRetention !== undefined,
        runRetention?.kind === 'time' ? runRetention.ms : null,
        runRetention?.kind === 'forever',
      ]);
      return rows.map(settingsOf)[0] ?? defaultNamespace(name);
    },
  };
}

function settingsOf(row: NamespaceColumns): NamespaceSettings {
  const { namespace: name, description, labels } = row;
  return { name, description, labels, runRetention: ruleOf(row) };
}

function ruleOf({ keeps_forever: keepsForever, run_retention_ms: ms }: NamespaceColumns): RunRetentionRule {
  if (keepsForever) return { kind: 'forever' };
  return ms === null ? { kind: 'default' } : { kind: 'time', ms: Number(ms) };
}
