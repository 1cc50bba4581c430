/** One trace goes through the proxy, whichever way the call came. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { context, trace } from '@opentelemetry/api';
import { Role } from '@skein/contracts/llm';
import { startTelemetry, type Telemetry, type TelemetryOptions } from '@skein/telemetry';
import { eventually } from '@skein/testkit';
import { llmRig, TRANSPORTS } from './testing/llm-rig.ts';

type SpanProcessor = NonNullable<TelemetryOptions['spanProcessors']>[number];
type EndedSpan = Parameters<SpanProcessor['onEnd']>[0];

const ended: EndedSpan[] = [];
const recorder: SpanProcessor = {
  onStart: () => {},
  onEnd: (span) => void ended.push(span),
  forceFlush: async () => {},
  shutdown: async () => {},
};
let telemetry: Telemetry;

before(async () => {
  telemetry = await startTelemetry({ service: 'test', version: '0', sampleRatio: 1, spanProcessors: [recorder] });
});
after(() => telemetry[Symbol.asyncDispose]());

for (const transport of TRANSPORTS) {
  for (const streamed of [false, true]) {
    test(`a call is a span of its caller's trace (${transport}, ${streamed ? 'streamed' : 'whole'})`, async () => {
      await using rig = await llmRig({ transport });
      ended.length = 0;
      const caller = trace.getTracer('test').startSpan('caller');
      await context.with(trace.setSpan(context.active(), caller), async () => {
        const question = { spec: { messages: [{ role: Role.USER, content: 'three little words' }], maxTokens: 2 } };
        if (!streamed) return void (await rig.client.complete(question));
        for await (const _step of rig.client.streamComplete(question));
      });
      caller.end();
      const span = await eventually(() => ended.find(({ name }) => name === 'chat echo'), { describe: 'the span' });
      assert.equal(span.spanContext().traceId, caller.spanContext().traceId);
      assert.equal(span.parentSpanContext?.spanId, caller.spanContext().spanId);
      assert.deepEqual(span.attributes, {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'skein.builtin',
        'gen_ai.request.model': 'echo',
        'gen_ai.request.max_tokens': 2,
        'gen_ai.output.type': 'text',
        'gen_ai.response.model': 'echo',
        'gen_ai.response.finish_reasons': ['length'],
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.output_tokens': 2,
      });
    });
  }
}

test('a failure names its kind, and the metrics are there', async () => {
  await using rig = await llmRig();
  ended.length = 0;
  const outputSchema = { type: 'integer', minimum: 2, maximum: 1 };
  const messages = [{ role: Role.USER, content: 'x' }];
  await assert.rejects(rig.client.complete({ spec: { messages, outputSchema } }));
  assert.equal(ended[0]?.attributes['error.type'], 'PROVIDER_ERROR');
  const text = await telemetry.renderMetrics();
  assert.match(text, /gen_ai_client_operation_duration_count\{[^}]*error_type="PROVIDER_ERROR"/);
  assert.match(text, /gen_ai_client_operation_time_to_first_chunk_count\{[^}]*gen_ai_request_model="echo"/);
  assert.match(text, /gen_ai_client_token_usage_count\{[^}]*gen_ai_token_type="output"/);
});
