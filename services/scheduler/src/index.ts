export { schedulerConfig, type SchedulerConfig } from './config.ts';
export { createSchedulerService, type SchedulerOptions } from './service.ts';
