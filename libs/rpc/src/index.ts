export { auditBinding, type AuditCheck, type Defects } from './audit.ts';
export { balancedTransport, type IsRepeatable } from './balanced-transport.ts';
export {
  DescriptorError,
  findMethod,
  MAX_DESCRIPTOR_SET_BYTES,
  methodName,
  methodsOf,
  readDescriptorSet,
} from './descriptors.ts';
export { directTransport } from './direct-transport.ts';
export { startGrpcServer, type FinishedCall, type GrpcServer, type GrpcServerOptions } from './grpc-server.ts';
export { fromGrpcStatus, toGrpcStatus } from './grpc-status.ts';
export {
  grpcTransport,
  MAX_MESSAGE_BYTES,
  type ClosableTransport,
  type GrpcTransport,
  type GrpcTransportOptions,
} from './grpc-transport.ts';
export { createHealth, type Health } from './health.ts';
export { pageToken, positionOf } from './page-token.ts';
export { ERROR_DOMAIN, ERROR_REASONS, type ErrorReasonName } from './reason.ts';
export { reflect } from './reflection-client.ts';
export { reflectionBinding } from './reflection.ts';
export {
  MAX_REMOTE_MESSAGE_BYTES,
  remoteTransport,
  type RemoteProtocol,
  type RemoteServer,
} from './remote-transport.ts';
export { trustedRoots, trustedRootsIn, type TrustedRoots } from './trusted-roots.ts';
export { bind, type ServiceBinding } from './service-binding.ts';
export {
  describeError,
  reasonOf,
  skeinError,
  type ErrorDescription,
  type FieldViolation,
  type SkeinErrorInit,
} from './skein-error.ts';
