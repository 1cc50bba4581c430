export {
  integerOf,
  logLine,
  runAgentProcess,
  type Environment,
  type ListenOptions,
  type RunningAgent,
} from './agent-process.ts';
export type { EventStream } from './event-stream.ts';
export { startHttpAgent, type HttpAgentOptions, type HttpTask } from './http-agent.ts';
export { HttpFailure } from './http-failure.ts';
export { MAX_BODY_BYTES } from './json-body.ts';
export { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
export { detectLanguage, type Language } from './language.ts';
export { findTicket, type Ticket } from './ticket.ts';
