// Generated types of `skein.eventlog.v1`.
export * from './gen/skein/eventlog/v1/event_service_pb.ts';
export * from './gen/skein/eventlog/v1/message_pb.ts';
export * from './gen/skein/eventlog/v1/message_service_pb.ts';
export * from './gen/skein/eventlog/v1/metrics_service_pb.ts';
