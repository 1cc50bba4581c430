import { Code, ConnectError } from '@connectrpc/connect';
import { AgentService } from '@skein/contracts/agent';
import { HealthCheckResponse_ServingStatus as ServingStatus } from '@skein/contracts/grpc';
import { broken, kept, skipped, type Rule } from '../../rule.ts';
import type { GrpcSubject } from '../grpc-subject.ts';

/** A health service is asked by the name of the agent contract. */
export const health: Rule<GrpcSubject> = {
  id: 'grpc/health',
  expected: `grpc.health.v1.Health/Check answers SERVING for ${AgentService.typeName}, where there is a health service`,
  async check({ health: client }) {
    const mend = `set the status of "${AgentService.typeName}" in the health service, besides the empty name`;
    try {
      const { status } = await client.check({ service: AgentService.typeName }, { timeoutMs: 5_000 });
      return status === ServingStatus.SERVING ? kept : broken(`status ${status}`, mend);
    } catch (thrown) {
      const { code, rawMessage } = ConnectError.from(thrown);
      if (code === Code.Unimplemented) return skipped('it has no health service: GetCard is its probe');
      return broken(`${Code[code]}: ${rawMessage}`, mend);
    }
  },
};
