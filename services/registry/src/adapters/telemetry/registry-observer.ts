import { metrics, type ObservableResult } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { ControllerObserver } from '../../app/deployment-controller.ts';
import type { RegistryObserver } from '../../app/registry-observer.ts';
import type { RouteFeed } from '../../app/route-feed.ts';

/** Metrics and log lines of a registry. */
export function telemetryObserver(logger: Logger): RegistryObserver & ControllerObserver {
  const meter = metrics.getMeter('skein.registry');
  const probes = meter.createCounter('skein_registry_probes', { description: 'Probes by protocol and outcome' });
  const durations = meter.createHistogram('skein_registry_probe_duration_seconds', {
    unit: 's',
    description: 'Time of a probe, to its answer or its failure',
  });
  const changes = meter.createCounter('skein_registry_health_changes', { description: 'New states of instances' });
  const expired = meter.createCounter('skein_registry_leases_expired', {
    description: 'Instances that were not heard of in time',
  });
  const rollbacks = meter.createCounter('skein_registry_rollbacks', {
    description: 'Deployments that went back to an earlier template by themselves',
  });
  const failures = meter.createCounter('skein_registry_database_failures', { description: 'Failed uses of Postgres' });

  return {
    probed(protocol, succeeded, durationMs) {
      const attributes = { protocol, outcome: succeeded ? 'success' : 'failure' };
      probes.add(1, attributes);
      durations.record(durationMs / 1000, attributes);
    },
    healthChanged({ namespace, agentId, instanceId, health, healthDetail }) {
      changes.add(1, { health });
      const fields = { namespace, agent_id: agentId, instance_id: instanceId, health };
      if (healthDetail === '') logger.info(fields, 'an instance is healthy');
      else logger.warn(fields, `an instance is ${health.toLowerCase()}: ${healthDetail}`);
    },
    leasesExpired(instances) {
      expired.add(instances);
      logger.warn({ instances }, 'instances were not heard of in time and are forgotten; they may register again');
    },
    probing(active) {
      logger.info({ active }, active ? 'this registry probes the instances' : 'this registry does not probe any more');
    },
    fileRead(entries) {
      logger.info({ entries }, 'the file of agents was read');
    },
    listingFailed(place, error) {
      logger.warn({ err: error }, `${place} cannot be used now; what was listed before stays`);
    },
    deploymentPlanned({ namespace, deploymentId }, plan) {
      const { start, stop, forget, rollBack, rescale, obstacle } = plan;
      const fields = { namespace, deployment_id: deploymentId };
      if (rollBack !== undefined) {
        rollbacks.add(1);
        logger.warn({ ...fields, revision: rollBack.revision }, `a deployment is rolled back: ${rollBack.why}`);
      }
      if (rescale?.reason !== undefined) logger.info({ ...fields, replicas: rescale.replicas }, rescale.reason);
      if (obstacle !== '') logger.warn(fields, `a deployment does not get on: ${obstacle}`);
      const counts = { starts: start.length, stops: stop.length, forgotten: forget.length };
      if (start.length + stop.length + forget.length > 0)
        logger.info({ ...fields, ...counts }, 'instances are assigned');
    },
    executorsForgotten(executors) {
      logger.warn({ executors }, 'executors were not heard of in time; their instances are given to others');
    },
    controlFailed(error) {
      failures.add(1);
      logger.warn({ err: error }, 'deployments could not be looked after; trying again');
    },
    databaseFailed(what, error) {
      failures.add(1);
      logger.warn({ err: error }, `the database failed (${what}); trying again`);
    },
    defect(what, error) {
      logger.error({ err: error }, `unforeseen: ${what}`);
    },
  };
}

/** Counts what the feed holds, when somebody asks. Dispose to stop. */
export function observeFeed(feed: RouteFeed): Disposable {
  const meter = metrics.getMeter('skein.registry');
  const agents = meter.createObservableGauge('skein_registry_agents', { description: 'Registered agents' });
  const instances = meter.createObservableGauge('skein_registry_instances', {
    description: 'Instances by health, as last read',
  });
  const watchers = meter.createObservableGauge('skein_registry_watchers', { description: 'Readers of the feed' });
  const countAgents = (result: ObservableResult) => result.observe([...feed.agents()].length);
  const countWatchers = (result: ObservableResult) => result.observe(feed.watcherCount);
  const countInstances = (result: ObservableResult) => {
    const counts = { UNKNOWN: 0, HEALTHY: 0, DEGRADED: 0, UNHEALTHY: 0 };
    for (const agent of feed.agents()) for (const { health } of agent.instances) counts[health] += 1;
    for (const [health, count] of Object.entries(counts)) result.observe(count, { health });
  };
  agents.addCallback(countAgents);
  instances.addCallback(countInstances);
  watchers.addCallback(countWatchers);
  return {
    [Symbol.dispose]() {
      agents.removeCallback(countAgents);
      instances.removeCallback(countInstances);
      watchers.removeCallback(countWatchers);
    },
  };
}
