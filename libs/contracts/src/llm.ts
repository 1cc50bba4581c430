// Generated types of `skein.llm.v1`.
export * from './gen/skein/llm/v1/llm_service_pb.ts';
