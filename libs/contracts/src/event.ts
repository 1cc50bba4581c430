// Generated types of `skein.event.v1`.
export * from './gen/skein/event/v1/carrier_pb.ts';
export * from './gen/skein/event/v1/run_event_pb.ts';
export * from './gen/skein/event/v1/task_event_pb.ts';
