export { Backoff, backoffMs } from './backoff.ts';
export type { BackoffPolicy, Random } from './backoff.ts';
export { keepHeapSmall } from './heap.ts';
export { EXIT, runMain } from './run-main.ts';
export type { MainLog, MainProcess, MainSteps } from './run-main.ts';
export { ServiceStack, StartError } from './service-stack.ts';
export { notReady, READY } from './service.ts';
export type { Readiness, Service } from './service.ts';
