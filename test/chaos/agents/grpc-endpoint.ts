import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { AgentService, type InvokeResponseSchema } from '@skein/contracts/agent';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { bind, startGrpcServer } from '@skein/rpc';
import type { Journal } from './journal.ts';
import { piecesOf, SCRIPTED_FAILURE, type Script } from './script.ts';
import { work, type WorkResult } from './work.ts';

type Step = MessageInitShape<typeof InvokeResponseSchema>;

/** Serves the gRPC contract of agents on a port. */
export async function serveGrpc(port: number, journal: Journal): Promise<void> {
  const implementation: ServiceImpl<typeof AgentService> = {
    getCard: () => ({ card: { agentId: 'chaos', version: '1.0.0' } }),
    cancel: () => ({}),
    async *invoke({ input, idempotencyKey, attempt, dispatch }, { signal }) {
      const script = jsonOfValue(input) as unknown as Script;
      const result = work(journal, { script, idempotencyKey, attempt, dispatch, signal });
      // Before the pieces, lest a failure while they are sent be nobody's.
      result.catch(() => undefined);
      for (const text of piecesOf(script)) yield { event: { case: 'delta', value: { text } } };
      yield lastStep(await result);
    },
  };
  await startGrpcServer({ host: '127.0.0.1', port, bindings: [bind(AgentService, implementation)] });
}

function lastStep(result: WorkResult): Step {
  if ('answer' in result) {
    return { event: { case: 'result', value: { output: valueOfJson({ ...result.answer }) } } };
  }
  const { retryable } = result;
  return { event: { case: 'error', value: { code: SCRIPTED_FAILURE, message: 'as asked', retryable } } };
}
