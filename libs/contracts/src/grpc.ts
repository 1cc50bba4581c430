// Generated types of the standard gRPC contracts that every service speaks.
export * from './gen/google/rpc/error_details_pb.ts';
export { StatusSchema, type Status } from './gen/google/rpc/status_pb.ts';
export * from './gen/grpc/health/v1/health_pb.ts';
export * from './gen/grpc/reflection/v1/reflection_pb.ts';
