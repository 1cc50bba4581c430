import { fromJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { AgentService, type InvokeRequest, type InvokeResponseSchema } from '@skein/contracts/agent';
import { bind, startGrpcServer, type GrpcServer, type ServiceBinding } from '@skein/rpc';

export type Step = MessageInitShape<typeof InvokeResponseSchema>;

export const result = (output: JsonValue): Step => ({
  event: { case: 'result', value: { output: fromJson(ValueSchema, output) } },
});
export const failure = (code: string, retryable = false): Step => ({
  event: { case: 'error', value: { code, message: code, retryable } },
});
export const delta = (text: string): Step => ({ event: { case: 'delta', value: { text } } });

export const CARD = {
  agentId: 'sample',
  version: '1.0.0',
  skills: [{ skillId: 'echo', inputSchema: { type: 'string' } }],
};

/** What an agent may do wrong: members go before those of one that does everything right. */
export type Faults = Partial<ServiceImpl<typeof AgentService>>;

/** Starts an agent that does everything right but for its faults. */
export function startAgent(faults: Faults = {}, more: readonly ServiceBinding[] = []): Promise<GrpcServer> {
  const binding = bind(AgentService, {
    getCard: () => ({ card: CARD }),
    async *invoke(request: InvokeRequest) {
      if (!['', 'echo'].includes(request.skillId)) return yield failure('UNKNOWN_SKILL');
      if (request.input?.kind.case !== 'stringValue') return yield failure('INVALID_INPUT');
      yield delta('…');
      yield result(request.input.kind.value.length);
    },
    cancel: () => ({}),
    ...faults,
  });
  return startGrpcServer({ port: 0, bindings: [binding, ...more] });
}
