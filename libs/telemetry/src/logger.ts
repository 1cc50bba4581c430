/** Loggers are made here alone, so that every line of every service has the same shape: one JSON object a line. */
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { currentLogFields } from './log-context.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Becomes the field `logger`. */
  readonly service: string;
  /** Least level written. Default "info". */
  readonly level?: LogLevel;
  /** Where lines go. Default: standard error, written synchronously so that a crash loses none. */
  readonly destination?: DestinationStream;
}

const STDERR_FD = 2;

/**
 * Fields of every line: `timestamp` (ISO 8601), `level` (word), `logger`, `message`; `run_id`, `node_id`,
 * `execution_id`, `trace_id`, `span_id` inside {@link withLogFields} or a span. Durations go in `execution_time` (ms).
 */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { logger: service },
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: currentLogFields,
    },
    destination ?? pino.destination({ fd: STDERR_FD, sync: true }),
  );
}
