import type { HandlerContext } from '@connectrpc/connect';
import type { StreamLogsRequest } from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import { readDeploymentLogs, type DeploymentLogParts } from '../app/deployment-logs.ts';
import { FeedClosedError } from '../app/registry-errors.ts';
import { idOf, namespaceOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const DEFAULT_TAIL_LINES = 100;
const MAX_TAIL_LINES = 1000;

/** DeploymentService.StreamLogs. */
export function streamLogsRpc(parts: DeploymentLogParts) {
  return async function* (request: StreamLogsRequest, { signal }: HandlerContext) {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    const deploymentId = idOf('deployment_id', request.deploymentId, violations);
    const { assignmentId, follow, tailLines = DEFAULT_TAIL_LINES } = request;
    if (tailLines < 0 || tailLines > MAX_TAIL_LINES) violations.add('tail_lines', `give 0 to ${MAX_TAIL_LINES}`);
    violations.throwIfAny();
    const asked = { key: { namespace, deploymentId }, assignmentId, tailLines, follow };
    for await (const line of readDeploymentLogs(parts, asked, signal)) {
      if (line === undefined) {
        yield {};
        continue;
      }
      const { timeMs, skippedLines, number, ...rest } = line;
      const counts = { skippedLines: BigInt(skippedLines), number: BigInt(number) };
      yield { line: { ...rest, ...counts, time: timestampOfMs(timeMs) } };
    }
    if (parts.stopping.aborted) throw new FeedClosedError();
  };
}
