import { fromJson, toJson, type MessageInitShape } from '@bufbuild/protobuf';
import { StructSchema, type Struct, type Value } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import { AgentService, type InvokeResponseSchema } from '@skein/contracts/agent';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { bind, startGrpcServer } from '@skein/rpc';
import type { Journal } from './journal.ts';
import { piecesOf, questionText, SCRIPTED_FAILURE, type Script } from './script.ts';
import { workService } from './work-service.ts';
import { attemptOf, work, type WorkResult } from './work.ts';

type Step = MessageInitShape<typeof InvokeResponseSchema>;

/** Serves the gRPC contract of agents, and the service that `rpc` nodes call, on a port. */
export async function serveGrpc(port: number, journal: Journal): Promise<void> {
  const implementation: ServiceImpl<typeof AgentService> = {
    getCard: () => ({ card: { agentId: 'chaos', version: '1.0.0' } }),
    cancel: () => ({}),
    async *invoke({ input, idempotencyKey, attempt, dispatch, agentId, answer }, { signal }) {
      const script = jsonOfValue(input) as unknown as Script;
      const told = answer && { turn: answer.turn, state: numberOf(answer.state), answer: numberOf(answer.value) };
      const result = work(journal, { script, idempotencyKey, attempt, dispatch, agentId, told, signal });
      // Before the pieces, lest a failure while they are sent be nobody's.
      result.catch(() => undefined);
      for (const text of piecesOf(script)) yield { event: { case: 'delta', value: { text } } };
      yield lastStep(await result);
    },
  };
  // Of a service that is made of descriptors at run time nothing is known to the compiler.
  const methods = { work: (input: Struct, context: HandlerContext) => answerRpc(journal, input, context) } as never;
  const bindings = [bind(AgentService, implementation), bind(workService(), methods)];
  await startGrpcServer({ host: '127.0.0.1', port, bindings });
}

async function answerRpc(journal: Journal, input: Struct, { requestHeader, signal }: HandlerContext) {
  const idempotencyKey = requestHeader.get('idempotency-key') ?? '';
  const script = toJson(StructSchema, input) as unknown as Script;
  const call = { script, idempotencyKey, attempt: attemptOf(idempotencyKey), dispatch: 0, signal };
  const result = await work(journal, call);
  if ('answer' in result) return fromJson(StructSchema, { ...result.answer });
  const isRetryable = 'retryable' in result && result.retryable;
  throw new ConnectError('as asked', isRetryable ? Code.Unavailable : Code.FailedPrecondition);
}

function numberOf(value: Value | undefined): number {
  return value?.kind.case === 'numberValue' ? value.kind.value : Number.NaN;
}

function lastStep(result: WorkResult): Step {
  if ('answer' in result) {
    return { event: { case: 'result', value: { output: valueOfJson({ ...result.answer }) } } };
  }
  if ('asked' in result) {
    const { turn, state } = result.asked;
    return { event: { case: 'question', value: { message: questionText(turn), state: valueOfJson(state) } } };
  }
  const { retryable } = result;
  return { event: { case: 'error', value: { code: SCRIPTED_FAILURE, message: 'as asked', retryable } } };
}
