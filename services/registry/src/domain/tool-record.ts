/** A tool as it is kept. */
import type { JsonObject } from '@bufbuild/protobuf';

/** Methods of HTTP that tools use. */
export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** Names a tool. */
export interface ToolKey {
  readonly namespace: string;
  readonly toolId: string;
}

/** A tool that is an HTTP request. */
export interface HttpToolSettings {
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: as the method has it. */
  readonly inputPlace: 'BODY' | 'QUERY' | undefined;
}

/** A tool that is a method of an rpc service. */
export interface RpcToolSettings {
  readonly serviceId: string;
  readonly method: string;
}

/** How a tool is done. */
export type ToolKind =
  | { readonly kind: 'HTTP'; readonly settings: HttpToolSettings }
  | { readonly kind: 'RPC'; readonly settings: RpcToolSettings };

/** What its owner says of it. */
export interface ToolDetails {
  readonly description: string;
  /** Undefined: any JSON. */
  readonly inputSchema: JsonObject | undefined;
  /** Undefined: any JSON. */
  readonly outputSchema: JsonObject | undefined;
  readonly how: ToolKind;
}

/** A tool. */
export interface ToolRecord extends ToolKey, ToolDetails {
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
