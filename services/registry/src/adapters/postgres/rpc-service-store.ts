import { sql, type Kysely, type Selectable } from 'kysely';
import type { RpcServiceStore } from '../../app/rpc-service-store.ts';
import type { RpcServiceKey, RpcServiceRecord } from '../../domain/rpc-service-record.ts';
import type { RegistryTables, RpcServiceTable } from './tables.ts';

/** All but the descriptor set, which may be large. */
const COLUMNS = [
  'namespace',
  'service_id',
  'description',
  'protocol',
  'addresses',
  'tls',
  'descriptor_digest',
  'service_names',
  'created_at',
  'updated_at',
] as const;

/** Rpc services in Postgres. */
export function postgresRpcServiceStore(db: Kysely<RegistryTables>): RpcServiceStore {
  const of = ({ namespace, serviceId }: RpcServiceKey) =>
    ({ namespace, service_id: serviceId }) satisfies Partial<Selectable<RpcServiceTable>>;

  return {
    async put(key, details) {
      const { descriptors, description, protocol, addresses, tls } = details;
      const columns = {
        description,
        protocol,
        addresses,
        tls,
        descriptor_set: descriptors === undefined ? null : Buffer.from(descriptors.set),
        descriptor_digest: descriptors === undefined ? null : Buffer.from(descriptors.digest),
        service_names: descriptors?.serviceNames ?? [],
      };
      const row = await db
        .insertInto('rpc_service')
        .values({ ...of(key), ...columns })
        .onConflict((conflict) =>
          conflict.columns(['namespace', 'service_id']).doUpdateSet({ ...columns, updated_at: sql<Date>`now()` }),
        )
        .returning(COLUMNS)
        // A row that an insert has made was never in anybody's way.
        .returning(sql<boolean>`xmax = 0`.as('created'))
        .executeTakeFirstOrThrow();
      return { service: recordOf(row), created: row.created };
    },

    async get(key) {
      const query = db
        .selectFrom('rpc_service')
        .select(COLUMNS)
        .where(matches(of(key)));
      const row = await query.executeTakeFirst();
      return row && recordOf(row);
    },

    async descriptorSet(key) {
      const query = db
        .selectFrom('rpc_service')
        .select('descriptor_set')
        .where(matches(of(key)));
      const row = await query.executeTakeFirst();
      return row?.descriptor_set ?? undefined;
    },

    async list({ namespace, afterServiceId, limit }) {
      const rows = await db
        .selectFrom('rpc_service')
        .select(COLUMNS)
        .where('namespace', '=', namespace)
        .where('service_id', '>', afterServiceId)
        .orderBy('service_id')
        .limit(limit)
        .execute();
      return rows.map(recordOf);
    },

    async remove(key) {
      const { numDeletedRows } = await db
        .deleteFrom('rpc_service')
        .where(matches(of(key)))
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
  };
}

function matches({ namespace, service_id }: { readonly namespace: string; readonly service_id: string }) {
  return sql<boolean>`namespace = ${namespace} and service_id = ${service_id}`;
}

function recordOf(row: Pick<Selectable<RpcServiceTable>, (typeof COLUMNS)[number]>): RpcServiceRecord {
  const { descriptor_digest: digest, service_names: serviceNames } = row;
  return {
    namespace: row.namespace,
    serviceId: row.service_id,
    description: row.description,
    protocol: row.protocol,
    addresses: row.addresses,
    tls: row.tls,
    descriptors: digest === null ? undefined : { digest, serviceNames },
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
  };
}
