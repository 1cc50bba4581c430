/** What the load says of autoscaled deployments, and what is decided of it. */
import type { JsonObject } from '@bufbuild/protobuf';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { RequestedInstance } from '../../app/deployment-store.ts';
import type { AgentKey } from '../../domain/agent-record.ts';
import type { AutoscaleSettings } from '../../domain/autoscale.ts';
import type { Rescale } from '../../domain/deployment-scale.ts';
import type { Autoscaling, DeploymentKey } from '../../domain/deployment-record.ts';
import { isScaledElsewhere } from '../../domain/instance-template.ts';
import { STALE } from './load-store.ts';
import { DEPLOYMENT_CHANNEL } from './change-notice.ts';
import type { DeploymentTable, RegistryTables } from './tables.ts';

/** How busy one instance is, as the row of its deployment tells. */
export interface UseRow {
  readonly load: number | null;
  readonly in_flight: number;
  readonly called_at_ms: number | null;
}

/**
 * An expression for the deployment `d`: a UseRow for each instance that is wanted and runs; null where it is not autoscaled.
 * A breaker that is open is reported on and on, and is no call.
 */
export const USES = sql<readonly UseRow[] | null>`
  case when d.autoscale is not null then (
    select json_agg(json_build_object(
      'load', case when i.load_reported_at > now() - ${STALE} then i.load end,
      'in_flight', greatest(calls.in_flight, case when i.load_reported_at > now() - ${STALE} then i.in_flight end, 0),
      'called_at_ms', extract(epoch from calls.called_at) * 1000
    ))
    from assignment a join instance i
      on (i.namespace, i.agent_id) = (a.namespace, d.agent_id) and i.endpoint = any(a.endpoints || a.endpoint)
    cross join lateral (
      select sum(c.in_flight)::int as in_flight,
        max(c.reported_at) filter (where c.in_flight > 0 or c.breaker = 'CLOSED') as called_at
      from instance_calls c
      where (c.namespace, c.agent_id, c.instance_id) = (i.namespace, i.agent_id, i.instance_id)
        and c.reported_at > now() - ${STALE}
    ) as calls
    where (a.namespace, a.deployment_id) = (d.namespace, d.deployment_id) and a.wanted
      and (a.state = 'RUNNING' or cardinality(a.endpoints) > 0)
  ) end`;

/** Undefined: the deployment is not autoscaled. */
export function autoscalingOf(
  row: Selectable<DeploymentTable> & { readonly template: JsonObject },
  uses: readonly UseRow[],
): Autoscaling | undefined {
  if (row.autoscale === null) return undefined;
  const calledAtMs = Math.max(...uses.map(({ called_at_ms: atMs }) => atMs ?? 0), 0);
  return {
    settings: row.autoscale,
    isElsewhere: isScaledElsewhere(row.template),
    pending: row.scale_pending ?? undefined,
    usedAtMs: row.used_at.getTime(),
    calledAtMs: calledAtMs === 0 ? undefined : calledAtMs,
    uses: uses.map(({ load, in_flight: inFlight }) => ({ load: load ?? undefined, inFlight })),
    reason: row.scale_reason,
    scaledAtMs: row.scaled_at?.getTime(),
  };
}

/** Writes what autoscaling decided, under the deployment's lock. Another number gives the instances the whole deadline again. */
export async function writeRescale(
  db: Kysely<RegistryTables>,
  { namespace, deploymentId }: DeploymentKey,
  { replicas, pending, usedAtMs, reason }: Rescale,
): Promise<void> {
  await sql`
    update deployment set replicas = ${replicas}, scale_pending = ${pending === undefined ? null : JSON.stringify(pending)}::jsonb,
      used_at = greatest(used_at, to_timestamp(${usedAtMs} / 1000.0)),
      scale_reason = coalesce(${reason ?? null}::text, scale_reason),
      scaled_at = case when replicas <> ${replicas} then now() else scaled_at end,
      progress_at = case when replicas <> ${replicas} then now() else progress_at end
    where (namespace, deployment_id) = (${namespace}, ${deploymentId})
  `.execute(db);
}

/** Makes the load decide from now on, or no longer; answers whether that is new. What was waited for is forgotten. */
export async function writeAutoscale(
  db: Kysely<RegistryTables>,
  { namespace, deploymentId }: DeploymentKey,
  settings: AutoscaleSettings | undefined,
): Promise<boolean> {
  const json = settings === undefined ? null : JSON.stringify(settings);
  const { rows } = await sql`
    update deployment set autoscale = ${json}::jsonb, scale_pending = null, scale_reason = '', scaled_at = null,
      used_at = now(), updated_at = now()
    where (namespace, deployment_id) = (${namespace}, ${deploymentId}) and autoscale is distinct from ${json}::jsonb
    returning 1
  `.execute(db);
  return rows.length > 0;
}

/** `DeploymentStore.requestInstance`. Only that an instance was asked for is written: whoever decides for deployments starts it. */
export async function requestInstance(
  db: Kysely<RegistryTables>,
  { namespace, agentId }: AgentKey,
  fits: (version: string) => boolean,
): Promise<RequestedInstance> {
  // While a revision replaces another one, instances of both are kept running.
  const { rows } = await sql<{ readonly id: string; readonly sleeps: boolean; readonly versions: readonly string[] }>`
    select d.deployment_id as id, d.sleeps, array(
      select r.template->>'version' from deployment_revision r
      where (r.namespace, r.deployment_id) = (d.namespace, d.deployment_id) and (r.revision = d.revision or exists (
        select from assignment a
        where (a.namespace, a.deployment_id, a.revision) = (r.namespace, r.deployment_id, r.revision) and a.wanted
      ))
    ) as versions
    from (select *, coalesce((autoscale->>'minReplicas')::int = 0, false) as sleeps from deployment) as d
    where (d.namespace, d.agent_id) = (${namespace}, ${agentId}) and not d.deleting and (d.sleeps or d.replicas > 0)
    order by d.deployment_id
  `.execute(db);
  const fitting = rows.filter(({ versions }) => versions.some(fits));
  const woken = fitting.filter(({ sleeps }) => sleeps).map(({ id }) => id);
  const kept = fitting.filter(({ sleeps }) => !sleeps).map(({ id }) => id);
  if (woken.length === 0) return { woken, kept };
  await sql`
    with asked as (
      update deployment set used_at = now()
      where namespace = ${namespace} and deployment_id = any(${woken}::text[]) and used_at < now() - interval '1 second'
      returning replicas
    )
    select pg_notify(${DEPLOYMENT_CHANNEL}, '') from asked where replicas = 0 limit 1
  `.execute(db);
  return { woken, kept };
}
