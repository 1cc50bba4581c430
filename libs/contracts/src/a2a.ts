// Generated types of the part of Agent2Agent by which servers are recognised; agents are called through a library.
export { A2AService as OlderA2aService } from './gen/a2a/v1/a2a_pb.ts';
export { A2AService } from './gen/lf/a2a/v1/a2a_pb.ts';
