/** Models behind llm-proxy. */
import { Code, type Client } from '@connectrpc/connect';
import type { Completion, LlmService } from '@skein/contracts/llm';
import { describeError } from '@skein/rpc';
import type { ModelPort } from '../../app/model-port.ts';
import { CallError, failed, passing } from '../../domain/call-failure.ts';

/** Codes after which the same question will fail again. */
const LASTING_CODES: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.FailedPrecondition,
  Code.OutOfRange,
  Code.Unimplemented,
  Code.DataLoss,
]);

/** Asks over LlmService.StreamComplete. */
export function modelClient(llm: Client<typeof LlmService>): ModelPort {
  return {
    async complete(question, onDelta, signal) {
      let completion: Completion | undefined;
      try {
        for await (const { event } of llm.streamComplete(question, { signal })) {
          if (event.case === 'delta') onDelta(event.value);
          else if (event.case === 'completion') completion = event.value;
        }
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof CallError ? error : failureFrom(error, question.spec.model ?? '');
      }
      if (completion !== undefined) return completion;
      throw passing('SERVICE_UNAVAILABLE', {
        message: 'llm-proxy ended its stream without a completion',
        place: 'llm-proxy',
        remedy: 'see the log of llm-proxy',
      });
    },
  };
}

function failureFrom(error: unknown, model: string): CallError {
  const { code, reason, message, place, remedy, retryAfterMs } = describeError(error);
  // A model may do better at the next try.
  const retryable = reason === 'OUTPUT_SCHEMA_VIOLATION' || !LASTING_CODES.has(code);
  const where = place === '' ? `model ${model === '' ? '(default)' : model}` : place;
  const mend = remedy === '' && reason === 'SERVICE_UNAVAILABLE' ? 'check that llm-proxy runs: `skein doctor`' : remedy;
  return failed(reason, retryable, { message, place: where, remedy: mend, retryAfterMs, cause: error });
}
