/** Asks servers that are registered as rpc services what they serve. */
import type { FileRegistry } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { DescriptorError, reflect, remoteTransport } from '@skein/rpc';
import { MethodsUnknownError } from '../../app/registry-errors.ts';
import type { RpcServiceRecord } from '../../domain/rpc-service-record.ts';

/** Time for a server to tell of itself. */
const REFLECTION_TIMEOUT_MS = 5000;

/**
 * The descriptors that a server tells of, over gRPC, whatever protocol it is called with. Its addresses are tried one
 * after the other.
 * @throws MethodsUnknownError
 */
export async function serverReflection(
  { serviceId, addresses, tls }: RpcServiceRecord,
  signal: AbortSignal,
): Promise<FileRegistry> {
  let failure: MethodsUnknownError | undefined;
  for (const address of addresses) {
    using transport = remoteTransport({ protocol: 'grpc', address, tls });
    try {
      return await reflect(transport, AbortSignal.any([signal, AbortSignal.timeout(REFLECTION_TIMEOUT_MS)]));
    } catch (error) {
      failure = unknown(serviceId, address, error);
      if (!failure.isAway || signal.aborted) throw failure;
    }
  }
  throw failure ?? new MethodsUnknownError(serviceId, 'it has no address', false);
}

function unknown(serviceId: string, address: string, error: unknown): MethodsUnknownError {
  if (error instanceof DescriptorError) {
    return new MethodsUnknownError(serviceId, `the descriptors of ${address} ${error.message}`, false, {
      cause: error,
    });
  }
  const { code, rawMessage } = ConnectError.from(error, Code.Unavailable);
  const isAway = code !== Code.Unimplemented && code !== Code.NotFound && code !== Code.PermissionDenied;
  const why = isAway ? `${address} does not answer: ${rawMessage}` : `${address} serves no reflection: ${rawMessage}`;
  return new MethodsUnknownError(serviceId, why, isAway, { cause: error });
}
