import type { RpcServiceDetails, RpcServiceKey, RpcServiceRecord } from '../domain/rpc-service-record.ts';

/** A page of a namespace's rpc services. */
export interface RpcServicePage {
  readonly namespace: string;
  /** Services whose id comes after this one; empty: from the first. */
  readonly afterServiceId: string;
  readonly limit: number;
}

/** Rpc services. A write is all or nothing. */
export interface RpcServiceStore {
  /** Puts a service in the place of whatever had its id. */
  put(
    key: RpcServiceKey,
    details: RpcServiceDetails,
  ): Promise<{ readonly service: RpcServiceRecord; readonly created: boolean }>;
  get(key: RpcServiceKey): Promise<RpcServiceRecord | undefined>;
  /** The descriptor set as uploaded; undefined: there is none. */
  descriptorSet(key: RpcServiceKey): Promise<Uint8Array | undefined>;
  /** In the order of their ids. */
  list(page: RpcServicePage): Promise<readonly RpcServiceRecord[]>;
  /** False: there was no such service. */
  remove(key: RpcServiceKey): Promise<boolean>;
}
