export { AgentError, type AgentErrorOptions } from './agent/agent-error.ts';
export {
  defineAgent,
  type Agent,
  type AgentDefinition,
  type AgentHandler,
  type SkillDefinition,
} from './agent/agent.ts';
export type { AgentContext, LogSink } from './agent/context.ts';
export type { Answer, Question } from './agent/question.ts';
export type { JsonSchema, Schema, StandardSchema } from './agent/schema.ts';
export { SkeinError, type FieldViolation } from './client/skein-error.ts';
export { serve, type ServedAgent, type ServeOptions } from './serve/serve.ts';
export { work, type WorkingAgent, type WorkOptions } from './worker/work.ts';
export type { JsonObject, JsonValue } from '@bufbuild/protobuf';
export type { FollowOptions, RunUpdate } from './client/run-events.ts';
export type { Run, RunStateName } from './client/run-view.ts';
export type { AwaitOptions, Runs, WhichQuestion } from './client/runs.ts';
export { Skein, type CallOptions, type Clients, type SkeinOptions } from './client/skein.ts';
export type { RunTarget, StartOptions } from './client/start-request.ts';
