/** An rpc service as it is kept. */

/** How an rpc service is spoken to. */
export type RpcProtocol = 'GRPC' | 'CONNECT' | 'GRPC_WEB';

/** Names an rpc service. */
export interface RpcServiceKey {
  readonly namespace: string;
  readonly serviceId: string;
}

/** What its owner says of it. */
export interface RpcServiceDetails {
  readonly description: string;
  readonly protocol: RpcProtocol;
  /** `host:port`, at least one. */
  readonly addresses: readonly string[];
  readonly tls: boolean;
  /** Undefined: none was uploaded. */
  readonly descriptors: UploadedDescriptors | undefined;
}

/** An uploaded descriptor set, which has been read once. */
export interface UploadedDescriptors {
  readonly set: Uint8Array;
  /** SHA-256 of it. */
  readonly digest: Uint8Array;
  /** Full names of its services, sorted. */
  readonly serviceNames: readonly string[];
}

/** An rpc service. The set itself is read only where it is asked for. */
export interface RpcServiceRecord extends RpcServiceKey, Omit<RpcServiceDetails, 'descriptors'> {
  readonly descriptors: Omit<UploadedDescriptors, 'set'> | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
