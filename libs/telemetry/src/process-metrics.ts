import { performance } from 'node:perf_hooks';
import type { Meter } from '@opentelemetry/api';

/** Memory, processor time and event-loop load of this process; read when metrics are collected, free otherwise. */
export function observeProcess(meter: Meter): void {
  meter
    .createObservableGauge('process_resident_memory_bytes', {
      unit: 'By',
      description: 'Resident memory of the process',
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge('nodejs_heap_used_bytes', { unit: 'By', description: 'JavaScript heap in use' })
    .addCallback((result) => result.observe(process.memoryUsage().heapUsed));
  meter
    .createObservableCounter('process_cpu_seconds', { unit: 's', description: 'Processor time, user and system' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
  let last = performance.eventLoopUtilization();
  meter
    .createObservableGauge('nodejs_eventloop_utilization_ratio', {
      unit: '1',
      description: 'Share of time the event loop was busy since the last collection, 0 to 1',
    })
    .addCallback((result) => {
      const now = performance.eventLoopUtilization();
      result.observe(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    });
}
