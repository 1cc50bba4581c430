/**
 * The meter provider of a process and its text form for Prometheus. Pull only: nothing runs between two scrapes.
 * Names carry their unit (`task_duration_seconds`): the text form writes names as they are, counters with `_total`.
 */
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationType, InstrumentType, MetricReader } from '@opentelemetry/sdk-metrics';
import type { ViewOptions } from '@opentelemetry/sdk-metrics';

/** Buckets of every histogram measured in seconds: from a function call to an agent's longest answer. */
const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

const SECONDS_VIEW: ViewOptions = {
  instrumentType: InstrumentType.HISTOGRAM,
  instrumentUnit: 's',
  aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: SECONDS_BUCKETS } },
};

/** Collects on demand; there is nothing to flush or to close. */
class ScrapeReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** What every histogram of the process looks like. */
export const METRIC_VIEWS: ViewOptions[] = [SECONDS_VIEW];

export { observeProcess } from './process-metrics.ts';

/** Reads the metrics of a process when somebody asks. */
export interface MetricsReader {
  readonly reader: MetricReader;
  /** All metrics of the process in the Prometheus text format. Rejects when a callback of a gauge failed. */
  render(): Promise<string>;
}

export function createMetricsReader(): MetricsReader {
  const reader = new ScrapeReader();
  const serializer = new PrometheusSerializer();
  return {
    reader,
    async render() {
      const { resourceMetrics, errors } = await reader.collect();
      if (errors.length > 0) throw new AggregateError(errors, 'could not collect every metric');
      return serializer.serialize(resourceMetrics);
    },
  };
}
