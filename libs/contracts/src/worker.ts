// Generated types of `skein.worker.v1`.
export * from './gen/skein/worker/v1/worker_service_pb.ts';
