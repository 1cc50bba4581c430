import type { MessageInitShape } from '@bufbuild/protobuf';
import type { HandlerContext } from '@connectrpc/connect';
import { context as tracing } from '@opentelemetry/api';
import type { StreamCompleteRequest, StreamCompleteResponseSchema } from '@skein/contracts/llm';
import type { Completions } from '../app/completions.ts';
import { askingOf } from './asking-fields.ts';
import { callerContext } from './caller-context.ts';
import { completionToMessage } from './completion-message.ts';
import { DeltaBuffer } from './delta-buffer.ts';

type Step = MessageInitShape<typeof StreamCompleteResponseSchema>;

/** LlmService.StreamComplete. */
export function streamCompleteRpc({ completions }: { readonly completions: Completions }) {
  return async function* (request: StreamCompleteRequest, context: HandlerContext): AsyncGenerator<Step> {
    const asking = askingOf(request);
    const caller = callerContext(context);
    const reader = new AbortController();
    const signal = AbortSignal.any([context.signal, reader.signal]);
    const deltas = new DeltaBuffer();
    const completing = tracing.with(caller, () => completions.complete(asking, (text) => deltas.add(text), signal));
    completing.then(
      () => deltas.end(),
      () => deltas.end(),
    );
    try {
      for await (const text of deltas.texts()) yield { event: { case: 'delta', value: text } };
      yield { event: { case: 'completion', value: completionToMessage(await completing) } };
    } finally {
      // A reader that stops early no longer waits.
      reader.abort();
    }
  };
}
