import { metrics, SpanKind, trace, type Attributes } from '@opentelemetry/api';
import { reasonOf } from '@skein/rpc';
import { withSpan } from '@skein/telemetry';
import type { Logger } from 'pino';
import type { LlmObserver } from '../../app/llm-observer.ts';
import type { CataloguedModel } from '../../app/model-catalogue.ts';
import { OutputSchemaError, ProviderError } from '../../domain/llm-errors.ts';
import type { Question } from '../../domain/question.ts';

/** Spans, metrics and log lines of a proxy, named after the OpenTelemetry conventions for generative AI. */
export function telemetryObserver(logger: Logger): LlmObserver {
  const tracer = trace.getTracer('skein.llm-proxy');
  const meter = metrics.getMeter('skein.llm-proxy');
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    unit: '{token}',
    description: 'Tokens read and written by a call',
    advice: { explicitBucketBoundaries: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576] },
  });
  const durations = meter.createHistogram('gen_ai.client.operation.duration', {
    unit: 's',
    description: 'Time from the question to the whole answer, or to the failure',
  });
  const firstChunks = meter.createHistogram('gen_ai.client.operation.time_to_first_chunk', {
    unit: 's',
    description: 'Time from the question to the first text',
  });
  const replays = meter.createCounter('skein_llm_replays', { description: 'Stored completions given again' });
  const sweeps = meter.createCounter('skein_llm_completions_forgotten', { description: 'Old completions forgotten' });
  const failures = meter.createCounter('skein_llm_database_failures', { description: 'Failed uses of Postgres' });

  return {
    asking(model, question, ask) {
      const attributes = attributesOf(model);
      const startedAtMs = performance.now();
      const elapsedSeconds = () => (performance.now() - startedAtMs) / 1000;
      const options = { kind: SpanKind.CLIENT, attributes: { ...attributes, ...settingsOf(question) } };
      return withSpan(tracer, `chat ${model.name}`, options, async (span) => {
        try {
          return await ask({
            firstChunk: () => firstChunks.record(elapsedSeconds(), attributes),
            answered({ finishReason, inputTokens, outputTokens }) {
              durations.record(elapsedSeconds(), attributes);
              if (inputTokens > 0) tokens.record(inputTokens, { ...attributes, 'gen_ai.token.type': 'input' });
              if (outputTokens > 0) tokens.record(outputTokens, { ...attributes, 'gen_ai.token.type': 'output' });
              span.setAttributes({
                'gen_ai.response.model': model.name,
                'gen_ai.response.finish_reasons': [finishReason],
                'gen_ai.usage.input_tokens': inputTokens,
                'gen_ai.usage.output_tokens': outputTokens,
              });
            },
          });
        } catch (error) {
          const type = errorType(error);
          span.setAttribute('error.type', type);
          durations.record(elapsedSeconds(), { ...attributes, 'error.type': type });
          if (error instanceof ProviderError) logger.warn({ model: model.model }, error.message);
          throw error;
        }
      });
    },
    replayed({ model }) {
      replays.add(1, { model });
    },
    databaseFailed(what, error) {
      failures.add(1);
      logger.warn({ err: error }, `the database failed (${what})`);
    },
    swept(count) {
      sweeps.add(count);
      logger.info({ count }, 'old completions forgotten');
    },
    defect(what, error) {
      logger.error({ err: error }, `unforeseen: ${what}`);
    },
  };
}

function attributesOf({ provider, name }: CataloguedModel): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider.telemetryName,
    'gen_ai.request.model': name,
  };
}

function settingsOf({ temperature, maxTokens, seed, outputSchema }: Question): Attributes {
  return {
    ...(temperature === undefined ? {} : { 'gen_ai.request.temperature': temperature }),
    ...(maxTokens === undefined ? {} : { 'gen_ai.request.max_tokens': maxTokens }),
    ...(seed === undefined ? {} : { 'gen_ai.request.seed': Number(seed) }),
    'gen_ai.output.type': outputSchema === undefined ? 'text' : 'json',
  };
}

function errorType(error: unknown): string {
  if (error instanceof ProviderError) return 'PROVIDER_ERROR';
  if (error instanceof OutputSchemaError) return 'OUTPUT_SCHEMA_VIOLATION';
  return reasonOf(error);
}
