/** An interface of an A2A agent: where, in which binding, in which dialect. */

/** How requests travel. */
export type A2aBinding = 'JSONRPC' | 'HTTP+JSON' | 'GRPC';

/**
 * What requests look like. `1.0-draft` is what was 1.0 for a while before it was published: the methods of 1.0, the parts
 * and the gRPC package of 0.3, tasks called by resource name.
 */
export type A2aDialect = '1.0' | '0.3' | '1.0-draft';

/** One interface that can be called. */
export interface A2aInterface {
  /** An http or https URL; of GRPC, what `grpcTarget` reads. */
  readonly url: string;
  readonly binding: A2aBinding;
  readonly dialect: A2aDialect;
  /** Empty: none. */
  readonly tenant: string;
}

/** A gRPC server. */
export interface GrpcTarget {
  /** `host:port`. */
  readonly address: string;
  readonly tls: boolean;
}

/** Words that cards use for a binding, in lower case and without anything but letters. */
const BINDINGS: ReadonlyMap<string, A2aBinding> = new Map([
  ['jsonrpc', 'JSONRPC'],
  ['httpjson', 'HTTP+JSON'],
  ['rest', 'HTTP+JSON'],
  ['http', 'HTTP+JSON'],
  ['grpc', 'GRPC'],
]);

const TARGET = /^(?:(grpcs?|https?):\/\/)?(\[[\da-f:.]+\]|[^:/\s]+)(?::(\d{1,5}))?\/*$/i;

/** The binding that a card names; undefined: none that is spoken here. */
export function bindingOf(word: string): A2aBinding | undefined {
  return BINDINGS.get(word.toLowerCase().replaceAll(/[^a-z]/g, ''));
}

/** The dialect of a protocol version; undefined: none that is spoken here. A patch is of no account. */
export function dialectOf(version: string): A2aDialect | undefined {
  if (/^v?1(\.\d+)*$/.test(version)) return '1.0';
  return /^v?0\.3(\.\d+)*$/.test(version) ? '0.3' : undefined;
}

/** Where a gRPC interface is: `host:port`, or a URL of it; undefined: it is neither. */
export function grpcTarget(url: string): GrpcTarget | undefined {
  const [, scheme = '', host = '', port = ''] = TARGET.exec(url) ?? [];
  if (host === '') return undefined;
  const tls = /^(?:grpcs|https)$/i.test(scheme);
  return { address: `${host}:${port === '' ? (tls ? 443 : 80) : port}`, tls };
}
