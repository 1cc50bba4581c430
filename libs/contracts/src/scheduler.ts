// Generated types of `skein.scheduler.v1`.
export * from './gen/skein/scheduler/v1/approval_service_pb.ts';
export * from './gen/skein/scheduler/v1/limit_service_pb.ts';
export * from './gen/skein/scheduler/v1/namespace_service_pb.ts';
export * from './gen/skein/scheduler/v1/replay_pb.ts';
export * from './gen/skein/scheduler/v1/run_pb.ts';
export * from './gen/skein/scheduler/v1/run_service_pb.ts';
export * from './gen/skein/scheduler/v1/schedule_pb.ts';
export * from './gen/skein/scheduler/v1/schedule_service_pb.ts';
export * from './gen/skein/scheduler/v1/task_pb.ts';
export * from './gen/skein/scheduler/v1/task_service_pb.ts';
export * from './gen/skein/scheduler/v1/workflow_pb.ts';
export * from './gen/skein/scheduler/v1/workflow_service_pb.ts';
