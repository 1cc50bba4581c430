import { metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isTerminal, type Plan, type RunEvent, type RunState } from '@skein/domain';
import { extractTraceparent, isUnsampled } from '@skein/telemetry';
import type { Logger } from 'pino';
import type { SchedulerObserver } from '../../app/engine-observer.ts';

/** Counts, logs and traces what happens to runs. */
export function telemetryObserver(logger: Logger): SchedulerObserver {
  const meter = metrics.getMeter('skein.scheduler');
  const tracer = trace.getTracer('skein.scheduler');
  const started = meter.createCounter('skein_runs_started', { description: 'Runs accepted' });
  const ended = meter.createCounter('skein_runs_ended', { description: 'Runs ended, by state' });
  const durations = meter.createHistogram('gen_ai.workflow.duration', {
    unit: 's',
    description: 'Time from the acceptance of a run to its end',
  });
  const nodes = meter.createCounter('skein_nodes_ended', { description: 'Nodes ended, by outcome' });
  const retries = meter.createCounter('skein_node_retries', { description: 'Attempts that failed and are repeated' });
  const lostDispatches = meter.createCounter('skein_dispatches_lost', { description: 'Tasks lost with their holder' });
  const lostRaces = meter.createCounter('skein_races_lost', { description: 'Transitions that came second' });
  const asides = meter.createCounter('skein_runs_set_aside', { description: 'Runs that wait for an operator' });
  const storeFailures = meter.createCounter('skein_store_failures', { description: 'Failed tries at the store' });

  const grants = meter.createCounter('skein_limit_grants', {
    description: 'Slots that runs have got, by kind of limit',
  });
  const limitWaits = meter.createHistogram('skein_limit_wait', {
    unit: 's',
    description: 'Time from the acceptance of a run to its slots',
  });
  const waiting = meter.createGauge('skein_runs_waiting_for_limits', {
    description: 'Runs that wait for slots, of all schedulers together',
  });

  const callsWaiting = meter.createGauge('skein_calls_waiting_for_limits', {
    description: 'Calls of agents that wait for slots, with this scheduler',
  });

  /** Keys have values of the input in them; their kinds are few. */
  const countAdmission = (run: RunState, atMs: number): void => {
    for (const { key } of run.flow?.limits ?? []) grants.add(1, { kind: kindOfLimit(key) });
    limitWaits.record((atMs - run.createdAtMs) / 1000, { priority: run.flow?.priority ?? 0 });
  };

  const countEvent = (event: RunEvent): void => {
    switch (event.kind) {
      case 'node_succeeded':
      case 'node_failed':
      case 'node_skipped':
        return nodes.add(1, { outcome: event.kind.slice('node_'.length) });
      case 'node_retry_scheduled':
        return retries.add(1, { code: event.failure.code });
      case 'task_dispatch_lost':
        return lostDispatches.add(1, { reason: event.reason });
      default:
    }
  };

  const runEnded = (plan: Plan, run: RunState): void => {
    const endedAtMs = run.endedAtMs ?? run.createdAtMs;
    const attributes = { workflow_id: plan.workflowId, state: run.status };
    ended.add(1, attributes);
    durations.record((endedAtMs - run.createdAtMs) / 1000, attributes);
    const fields = { run_id: run.runId, namespace: run.namespace, execution_time: endedAtMs - run.createdAtMs };
    logger.info({ ...fields, state: run.status, code: run.failure?.code }, `run ended ${run.status}`);
    if (!isUnsampled(run.traceparent)) recordRun(plan, run, endedAtMs);
  };

  const recordRun = (plan: Plan, run: RunState, endedAtMs: number): void => {
    const name = `invoke_workflow ${plan.definition.name ?? plan.workflowId}`;
    const parent = extractTraceparent(run.traceparent);
    const span = tracer.startSpan(
      name,
      {
        kind: SpanKind.INTERNAL,
        startTime: run.createdAtMs,
        attributes: {
          'gen_ai.operation.name': 'invoke_workflow',
          'gen_ai.workflow.name': plan.workflowId,
          'skein.run.id': run.runId,
          'skein.namespace': run.namespace,
          'skein.run.state': run.status,
        },
      },
      parent,
    );
    if (run.failure !== undefined) {
      span.setAttribute('error.type', run.failure.code);
      span.setStatus({ code: SpanStatusCode.ERROR, message: run.failure.message });
    }
    span.end(endedAtMs);
  };

  return {
    transitionCommitted(plan, before, after, events) {
      if (before === undefined) {
        started.add(1, { workflow_id: plan.workflowId });
        logger.debug({ run_id: after.runId, namespace: after.namespace }, `run of ${plan.workflowId} started`);
      }
      for (const event of events) countEvent(event);
      if (before?.status === 'CREATED' && events[0]?.kind === 'run_admitted') countAdmission(after, Date.now());
      if (isTerminal(after.status)) runEnded(plan, after);
    },
    raceLost(runId) {
      lostRaces.add(1);
      logger.info({ run_id: runId }, 'another transition came first; the run is loaded again');
    },
    runSetAside(runId, error) {
      asides.add(1);
      logger.error({ run_id: runId, err: error }, 'the run cannot go on and waits for an operator');
    },
    storeFailed(error) {
      storeFailures.add(1);
      logger.warn({ err: error }, 'the store failed; trying again');
    },
    reportFailed(runId, error) {
      logger.warn({ run_id: runId, err: error }, 'a report could not be taken; its executor keeps it');
    },
    runsWaiting: (count) => waiting.record(count),
    callsWaiting: (count) => callsWaiting.record(count),
    publishFailed(error) {
      logger.debug({ err: error }, 'the bus did not take a batch; the relay will bring it');
    },
  };
}

function kindOfLimit(key: string): 'namespace' | 'workflow' | 'workflow_key' | 'key' {
  if (key.startsWith('key/')) return 'key';
  if (!key.startsWith('workflow/')) return 'namespace';
  return key.indexOf('/', 'workflow/'.length) < 0 ? 'workflow' : 'workflow_key';
}
