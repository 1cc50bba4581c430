import { fromBinary, toBinary, type DescMessage, type DescMethod, type DescService } from '@bufbuild/protobuf';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';

// grpc-js is typed for generated stubs; messages pass through it opaque.
type Opaque = never;

/** The grpc-js view of one RPC, with protobuf-es as its codec. */
export function grpcMethod(method: DescMethod): MethodDefinition<Opaque, Opaque> {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    requestSerialize: serializer(method.input),
    requestDeserialize: deserializer(method.input),
    responseSerialize: serializer(method.output),
    responseDeserialize: deserializer(method.output),
  };
}

/** The grpc-js view of a whole service, keyed by the methods' local names. */
export function grpcService(service: DescService): ServiceDefinition {
  const methods = service.methods.map((method) => [method.localName, grpcMethod(method)]);
  return Object.fromEntries(methods) as ServiceDefinition;
}

function serializer(desc: DescMessage) {
  return (message: Opaque): Buffer => {
    const bytes = toBinary(desc, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

function deserializer(desc: DescMessage) {
  return (bytes: Buffer): Opaque => fromBinary(desc, bytes) as Opaque;
}
