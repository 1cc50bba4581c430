/** The forms that an endpoint can have, and which protocols use them. */
import type { Protocol } from './agent-record.ts';

/** The form of an endpoint. */
export type EndpointForm = 'grpc' | 'http' | 'in_process' | 'worker';

/** Longest endpoint in characters. */
export const MAX_ENDPOINT_LENGTH = 2048;

const IN_PROCESS = /^inprocess:[A-Za-z0-9_.-]{1,128}$/;
const WORKER = /^worker:[^\s/]+\/[A-Za-z0-9_.-]{1,128}$/;
const GRPC = /^(?:grpcs?:\/\/)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?):(\d{1,5})\/?$/;

/** The form of an endpoint, or why it has none. */
export function formOf(endpoint: string): EndpointForm | { readonly fault: string } {
  if (endpoint.length > MAX_ENDPOINT_LENGTH) return { fault: `give at most ${MAX_ENDPOINT_LENGTH} characters` };
  if (endpoint.startsWith('inprocess:')) {
    return IN_PROCESS.test(endpoint)
      ? 'in_process'
      : { fault: 'give inprocess:NAME, the name of 1 to 128 letters, digits, "_", "." and "-"' };
  }
  if (endpoint.startsWith('worker:')) {
    return WORKER.test(endpoint) ? 'worker' : { fault: 'give worker:EXECUTOR/WORKER_ID' };
  }
  if (/^https?:/i.test(endpoint)) return httpForm(endpoint);
  const port = Number(GRPC.exec(endpoint)?.[3] ?? 0);
  if (port >= 1 && port <= 65_535) return 'grpc';
  return { fault: 'give host:port, grpc://host:port, grpcs://host:port, an http or https URL, or inprocess:NAME' };
}

function httpForm(endpoint: string): EndpointForm | { readonly fault: string } {
  const url = URL.parse(endpoint);
  if (url === null) return { fault: 'is not a URL; give one such as http://host:port/path' };
  if (url.username !== '' || url.password !== '') return { fault: 'leave user and password out of the URL' };
  if (url.search !== '' || url.hash !== '') return { fault: 'give the base URL, without a query or fragment' };
  return 'http';
}

/** The forms that endpoints of a protocol may have; those of one agent are of one form. */
export function formsForProtocol(protocol: Protocol): readonly EndpointForm[] {
  switch (protocol) {
    case 'GRPC':
      return ['grpc'];
    case 'HTTP_PROCESS':
    case 'HTTP_INVOKE_SSE':
    case 'HTTP_EXECUTE':
      return ['http'];
    case 'A2A':
      return ['http', 'grpc'];
    case 'IN_PROCESS':
      return ['in_process'];
    case 'PULL':
      return ['worker'];
  }
}

/** Where a gRPC endpoint is, and whether it is spoken to over TLS. */
export function grpcTargetOf(endpoint: string): { readonly address: string; readonly tls: boolean } {
  const address = endpoint.replace(/^grpcs?:\/\//, '').replace(/\/$/, '');
  return { address, tls: endpoint.startsWith('grpcs://') };
}

/** The URL of a path below an HTTP endpoint. */
export function urlBelow(endpoint: string, path: string): string {
  return `${endpoint.replace(/\/+$/, '')}/${path}`;
}
