export { startAdminServer } from './admin-server.ts';
export type { AdminServer, AdminServerOptions, PartReadiness } from './admin-server.ts';
export { currentLogFields, withLogFields } from './log-context.ts';
export type { LogFields } from './log-context.ts';
export { createLogger, LOG_LEVELS } from './logger.ts';
export type { LoggerOptions, LogLevel } from './logger.ts';
export { startTelemetry, TelemetryStartedError } from './telemetry.ts';
export type { Telemetry, TelemetryOptions } from './telemetry.ts';
export { extractTraceparent, isUnsampled, injectTraceparent, withSpan } from './trace-context.ts';
