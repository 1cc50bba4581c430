import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { SpanKind } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { LlmCallSchema } from '@skein/contracts/scheduler';
import { createLogger, startTelemetry } from '@skein/telemetry';
import { AgentProtocol } from '@skein/contracts/registry';
import { startStage } from '../../testing/executor-stage.ts';
import { resultStep, startGrpcAgent } from '../../testing/grpc-agent.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT_ID = '00f067aa0ba902b7';
const traceparent = `00-${TRACE_ID}-${PARENT_ID}-01`;

test('tasks are spans of their run, counted, and logged with its ids', async () => {
  const exporter = new InMemorySpanExporter();
  await using telemetry = await startTelemetry({
    service: 'executor',
    version: '0.0.0',
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  await using agent = await startGrpcAgent(async function* () {
    yield resultStep('ok');
  });
  await using stage = await startStage({
    logger: createLogger({ service: 'executor', level: 'debug', destination }),
    functions: { local: () => Promise.reject(new Error('no')) },
    prepare: ({ registry }) => registry.addAt('remote', AgentProtocol.GRPC, agent.address),
    llm: {
      async *streamComplete() {
        const completion = { text: 'yes', model: 'builtin/echo-1', inputTokens: 2n, outputTokens: 3n };
        yield { event: { case: 'completion', value: completion } };
      },
    },
  });
  const { scheduler } = stage;
  const remote = scheduler.dispatchAgent('remote', null, { traceparent, sessionId: 's-1' });
  await scheduler.ended(remote);
  await scheduler.ended(scheduler.dispatchAgent('local', null, { traceparent }));
  const value = create(LlmCallSchema, { model: 'builtin/echo' });
  const input = { messages: [{ role: 'user', content: 'hi' }] };
  await scheduler.ended(scheduler.dispatch({ case: 'llm', value }, input, { traceparent }));

  const spans = exporter.getFinishedSpans().filter(({ name }) => /^(invoke_agent|chat) /.test(name));
  assert.deepEqual(
    spans.map(({ name, kind }) => [name, kind]),
    [
      ['invoke_agent remote', SpanKind.CLIENT],
      ['invoke_agent local', SpanKind.INTERNAL],
      ['chat builtin/echo', SpanKind.CLIENT],
    ],
  );
  for (const span of spans) {
    assert.equal(span.spanContext().traceId, TRACE_ID);
    assert.equal(span.parentSpanContext?.spanId, PARENT_ID);
  }
  const [agentSpan, localSpan, chatSpan] = spans;
  assert.equal(agent.headers[0]?.get('traceparent'), `00-${TRACE_ID}-${agentSpan?.spanContext().spanId}-01`);
  const { attributes } = agentSpan ?? {};
  assert.equal(attributes?.['gen_ai.operation.name'], 'invoke_agent');
  assert.equal(attributes['gen_ai.agent.id'], 'remote');
  assert.equal(attributes['gen_ai.agent.version'], '1.0.0');
  assert.equal(attributes['gen_ai.conversation.id'], 's-1');
  assert.equal(attributes['skein.run.id'], remote.runId);
  assert.equal(localSpan?.attributes['error.type'], 'UNKNOWN');
  assert.equal(chatSpan?.attributes['gen_ai.response.model'], 'builtin/echo-1');
  assert.equal(chatSpan.attributes['gen_ai.usage.output_tokens'], 3);

  const metrics = await telemetry.renderMetrics();
  assert.match(metrics, /skein_agent_calls_total\{[^}]*agent_id="remote"[^}]*outcome="succeeded"[^}]*\} 1/);
  assert.match(metrics, /skein_agent_errors_total\{[^}]*agent_id="local"[^}]*code="UNKNOWN"[^}]*\} 1/);
  assert.match(metrics, /gen_ai_invoke_agent_duration[^{]*_count\{[^}]*agent_id="remote"[^}]*\} 1/);
  assert.match(metrics, /skein_agent_calls_in_flight\{[^}]*agent_id="remote"[^}]*\} 0/);

  const line = lines.find(({ message }) => message === 'invoke_agent remote succeeded');
  assert.deepEqual(
    [line?.['run_id'], line?.['node_id'], line?.['execution_id'], line?.['trace_id'], line?.['logger']],
    [remote.runId, 'node', `${remote.runId}/node/1/1`, TRACE_ID, 'executor'],
  );
  assert.equal(typeof line?.['execution_time'], 'number');
});
