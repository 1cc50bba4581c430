// Generated types of `skein.agent.v1`.
export * from './gen/skein/agent/v1/agent_pb.ts';
export * from './gen/skein/agent/v1/agent_service_pb.ts';
