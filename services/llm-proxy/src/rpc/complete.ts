import type { HandlerContext } from '@connectrpc/connect';
import type { CompleteRequest } from '@skein/contracts/llm';
import { context as tracing } from '@opentelemetry/api';
import type { Completions } from '../app/completions.ts';
import { askingOf } from './asking-fields.ts';
import { completionToMessage } from './completion-message.ts';
import { callerContext } from './caller-context.ts';

/** LlmService.Complete. */
export function completeRpc({ completions }: { readonly completions: Completions }) {
  return async (request: CompleteRequest, context: HandlerContext) => {
    const asking = askingOf(request);
    const completed = await tracing.with(callerContext(context), () =>
      completions.complete(asking, () => {}, context.signal),
    );
    return { completion: completionToMessage(completed) };
  };
}
