// Generated types of `skein.registry.v1`.
export * from './gen/skein/registry/v1/agent_pb.ts';
export * from './gen/skein/registry/v1/agent_registry_service_pb.ts';
export * from './gen/skein/registry/v1/assignment_service_pb.ts';
export * from './gen/skein/registry/v1/catalogue_service_pb.ts';
export * from './gen/skein/registry/v1/deployment_pb.ts';
export * from './gen/skein/registry/v1/deployment_service_pb.ts';
export * from './gen/skein/registry/v1/package_pb.ts';
export * from './gen/skein/registry/v1/rpc_registry_service_pb.ts';
export * from './gen/skein/registry/v1/rpc_service_pb.ts';
export * from './gen/skein/registry/v1/tool_pb.ts';
export * from './gen/skein/registry/v1/tool_service_pb.ts';
