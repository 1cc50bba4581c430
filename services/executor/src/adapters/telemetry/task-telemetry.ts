/** Tasks as spans, metrics and log lines, in the words of OpenTelemetry's GenAI conventions. */
import { context, metrics, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import type { RpcCall, Task, ToolCall } from '@skein/contracts/scheduler';
import { extractTraceparent, injectTraceparent, isUnsampled, withLogFields } from '@skein/telemetry';
import type { Logger } from 'pino';
import { deliveryKey } from '../../domain/task-address.ts';
import type { TaskObserver } from '../../app/task-observer.ts';
import type { CallProgress, TaskOutcome } from '../../app/task-outcome.ts';

/** Traces, counts and logs tasks. Make it after telemetry has started. */
export function taskTelemetry(logger: Logger): TaskObserver {
  const tracer = trace.getTracer('skein.executor');
  const record = taskMetrics();

  return {
    taskBegan(task, isLocal) {
      const operation = operationOf(task);
      record.began(operation.metricAttributes);
      const fields = logFields(task);
      const ended = (outcome: TaskOutcome, progress: CallProgress) => {
        record.ended(operation.metricAttributes, outcome, progress);
        logEnd(logger, operation.name, outcome, progress);
      };
      if (isUnsampled(task.traceparent)) {
        return { traceparent: task.traceparent, within: (work) => withLogFields(fields, work), ended };
      }
      const parent = extractTraceparent(task.traceparent);
      const kind = isLocal() ? SpanKind.INTERNAL : SpanKind.CLIENT;
      const attributes = { ...operation.attributes(), ...taskAttributes(task) };
      const span = tracer.startSpan(operation.name, { kind, attributes }, parent);
      const spanContext = trace.setSpan(parent, span);
      return {
        traceparent: injectTraceparent(spanContext) ?? task.traceparent,
        within: (work) => context.with(spanContext, () => withLogFields(fields, work)),
        ended(outcome, progress) {
          endSpan(span, task, outcome, progress);
          ended(outcome, progress);
        },
      };
    },
    defect(what, error) {
      logger.error({ err: error }, what);
    },
  };
}

interface Operation {
  /** Name of the span. */
  readonly name: string;
  readonly attributes: () => Attributes;
  readonly metricAttributes: Attributes;
}

function operationOf({ call }: Task): Operation {
  if (call.case === 'llm') {
    const { model, role } = call.value;
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'skein',
      ...(model === '' ? {} : { 'gen_ai.request.model': model }),
    };
    const ofSpan = role === '' ? attributes : { ...attributes, 'skein.llm.role': role };
    return { name: `chat ${model}`.trimEnd(), attributes: () => ofSpan, metricAttributes: attributes };
  }
  if (call.case === 'rpc') return rpcOperation(call.value);
  if (call.case === 'tool') return toolOperation(call.value);
  const agentId = call.case === 'agent' ? call.value.agentId : '';
  const attributes = () => ({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.provider.name': 'skein',
    'gen_ai.agent.id': agentId,
    'gen_ai.agent.name': agentId,
  });
  return { name: `invoke_agent ${agentId}`.trimEnd(), attributes, metricAttributes: { agent_id: agentId } };
}

/** In the words of the conventions for RPC. */
function rpcOperation({ serviceId, method }: RpcCall): Operation {
  const at = method.lastIndexOf('/');
  const attributes = () => ({
    'rpc.service': method.slice(0, at),
    'rpc.method': method.slice(at + 1),
    'skein.service.id': serviceId,
  });
  return { name: `rpc ${method}`, attributes, metricAttributes: { service_id: serviceId, rpc_method: method } };
}

function toolOperation({ toolId }: ToolCall): Operation {
  const attributes = () => ({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': toolId });
  return { name: `execute_tool ${toolId}`, attributes, metricAttributes: { tool_id: toolId } };
}

function taskAttributes(task: Task): Attributes {
  const { runId = '', nodeId = '', attempt = 0, dispatch = 0 } = task.ref ?? {};
  return {
    ...(task.sessionId === '' ? {} : { 'gen_ai.conversation.id': task.sessionId }),
    'skein.namespace': task.namespace,
    'skein.workflow.id': task.workflowId,
    'skein.run.id': runId,
    'skein.node.id': nodeId,
    'skein.task.attempt': attempt,
    'skein.task.dispatch': dispatch,
  };
}

function logFields(task: Task) {
  const { runId = '', nodeId = '' } = task.ref ?? {};
  const executionId = task.ref === undefined ? '' : deliveryKey(task.ref);
  return { namespace: task.namespace, run_id: runId, node_id: nodeId, execution_id: executionId };
}

function endSpan(span: Span, { call }: Task, outcome: TaskOutcome, progress: CallProgress): void {
  if (span.isRecording()) {
    span.setAttributes(endAttributes(call, progress));
    if (outcome.kind === 'failed') {
      span.setAttribute('error.type', outcome.failure.code);
      span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.failure.message });
    } else if (outcome.kind === 'cancelled') {
      span.setAttribute('error.type', 'CANCELLED');
    }
  }
  span.end();
}

/** What is known of a call when it has ended. */
function endAttributes(call: Task['call'], { target, targetVersion, usage, prompt }: CallProgress): Attributes {
  if (call.case === 'rpc') return { 'server.address': target };
  if (call.case === 'tool') return { 'skein.tool.target': target };
  const tokens = {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
  };
  if (call.case !== 'llm') return { 'gen_ai.agent.version': targetVersion, 'skein.instance.id': target, ...tokens };
  const turns = prompt === undefined ? {} : { 'skein.llm.turns': prompt.turns };
  return { 'gen_ai.response.model': target, ...turns, ...tokens };
}

function taskMetrics() {
  const meter = metrics.getMeter('skein.executor');
  const calls = meter.createCounter('skein_agent_calls', { description: 'Calls of agents and models, by outcome' });
  const errors = meter.createCounter('skein_agent_errors', { description: 'Failed calls, by the code of the failure' });
  const inFlight = meter.createUpDownCounter('skein_agent_calls_in_flight', { description: 'Calls under way' });
  const agentDuration = meter.createHistogram('gen_ai.invoke_agent.duration', {
    unit: 's',
    description: 'Time from the call of an agent to its end',
  });
  const chatDuration = meter.createHistogram('gen_ai.client.operation.duration', {
    unit: 's',
    description: 'Time from the question to a model to the end of its answer',
  });
  const rpcDuration = meter.createHistogram('rpc.client.duration', {
    unit: 's',
    description: 'Time from the call of a method of an rpc service to its end',
  });
  const toolDuration = meter.createHistogram('gen_ai.execute_tool.duration', {
    unit: 's',
    description: 'Time from the call of a tool to its end',
  });
  const durationsOf = (attributes: Attributes) => {
    if ('agent_id' in attributes) return agentDuration;
    if ('tool_id' in attributes) return toolDuration;
    return 'service_id' in attributes ? rpcDuration : chatDuration;
  };
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    unit: '{token}',
    description: 'Tokens that calls consumed, by type',
  });

  return {
    began: (attributes: Attributes) => inFlight.add(1, attributes),
    ended(attributes: Attributes, outcome: TaskOutcome, { latencyMs, usage, startedAtMs }: CallProgress) {
      inFlight.add(-1, attributes);
      calls.add(1, { ...attributes, outcome: outcome.kind });
      if (outcome.kind === 'failed') errors.add(1, { ...attributes, code: outcome.failure.code });
      if (startedAtMs === undefined) return;
      const errorType = outcome.kind === 'failed' ? { 'error.type': outcome.failure.code } : {};
      const durations = durationsOf(attributes);
      durations.record(latencyMs / 1000, { ...attributes, ...errorType });
      for (const [type, count] of [
        ['input', usage.inputTokens],
        ['output', usage.outputTokens],
      ] as const) {
        if (count > 0) tokens.record(count, { ...attributes, 'gen_ai.token.type': type });
      }
    },
  };
}

function logEnd(logger: Logger, name: string, outcome: TaskOutcome, { latencyMs, target }: CallProgress): void {
  const fields = { execution_time: Math.round(latencyMs), target };
  switch (outcome.kind) {
    case 'succeeded':
      return logger.debug(fields, `${name} succeeded`);
    case 'asked':
      return logger.info(fields, `${name} asks, and goes on when it is answered`);
    case 'cancelled':
      return logger.info({ ...fields, reason: outcome.reason }, `${name} was cancelled`);
    case 'failed': {
      const { code, message, place, retryable } = outcome.failure;
      return logger.warn({ ...fields, code, place, retryable }, `${name} failed: ${message}`);
    }
  }
}
