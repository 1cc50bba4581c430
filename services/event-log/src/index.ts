export { eventLogConfig, type EventLogConfig } from './config.ts';
export { createEventLogService, type EventLogOptions } from './service.ts';
