/** RegisterServiceRequest → what is kept, or every violation at once. */
import { createHash } from 'node:crypto';
import type { FileRegistry } from '@bufbuild/protobuf';
import type { RegisterServiceRequest } from '@skein/contracts/registry';
import { DescriptorError, readDescriptorSet } from '@skein/rpc';
import { formOf } from '../domain/endpoint.ts';
import type { RpcServiceDetails, RpcServiceKey, UploadedDescriptors } from '../domain/rpc-service-record.ts';
import { rpcProtocolOf } from './service-message.ts';
import { idOf, namespaceOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_ADDRESSES = 64;
const MAX_DESCRIPTION_LENGTH = 4096;

/** @throws INVALID_FIELD with every violation. */
export function serviceRegistrationOf(request: RegisterServiceRequest): {
  readonly key: RpcServiceKey;
  readonly details: RpcServiceDetails;
} {
  const violations = new Violations();
  const namespace = namespaceOf(request.namespace, violations);
  const serviceId = idOf('service_id', request.serviceId, violations);
  const description = textOf('description', request.description, MAX_DESCRIPTION_LENGTH, violations);
  const protocol = rpcProtocolOf(request.protocol);
  if (protocol === undefined) violations.add('protocol', 'give GRPC, CONNECT or GRPC_WEB');
  const addresses = addressesOf(request.addresses, violations);
  const descriptors = descriptorsOf(request.descriptorSet, violations);
  violations.throwIfAny();
  const { tls } = request;
  const details = { description, protocol: protocol ?? 'GRPC', addresses, tls, descriptors };
  return { key: { namespace, serviceId }, details };
}

/** The rpc service that a request names. */
export function serviceKeyOf(request: { readonly namespace: string; readonly serviceId: string }): RpcServiceKey {
  const violations = new Violations();
  const namespace = namespaceOf(request.namespace, violations);
  const serviceId = idOf('service_id', request.serviceId, violations);
  violations.throwIfAny();
  return { namespace, serviceId };
}

function addressesOf(given: readonly string[], violations: Violations): readonly string[] {
  if (given.length === 0) violations.add('addresses', 'give 1 to 64 addresses', 'REQUIRED');
  if (given.length > MAX_ADDRESSES) violations.add('addresses', `give at most ${MAX_ADDRESSES} addresses`);
  for (const [at, address] of given.entries()) {
    const isAddress = !address.includes('/') && formOf(address) === 'grpc';
    if (!isAddress) violations.add(`addresses[${at}]`, 'give host:port; TLS and the protocol are fields of their own');
  }
  return [...new Set(given)];
}

function descriptorsOf(set: Uint8Array, violations: Violations): UploadedDescriptors | undefined {
  if (set.byteLength === 0) return undefined;
  let registry: FileRegistry;
  try {
    registry = readDescriptorSet(set);
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    violations.add('descriptor_set', error.message);
    return undefined;
  }
  const names = [...registry.files].flatMap((file) => file.services.map(({ typeName }) => typeName));
  if (names.length === 0) violations.add('descriptor_set', 'has no service in it');
  const digest = createHash('sha256').update(set).digest();
  return { set, digest, serviceNames: names.toSorted((a, b) => (a < b ? -1 : 1)) };
}
