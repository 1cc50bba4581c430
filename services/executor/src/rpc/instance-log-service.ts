import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, type ServiceImpl } from '@connectrpc/connect';
import type { InstanceLogService, LogLineSchema } from '@skein/contracts/registry';
import { skeinError } from '@skein/rpc';
import type { LoggedLine } from '../app/instance-log.ts';
import type { InstanceLogs } from '../app/instance-logs.ts';

/** skein.registry.v1.InstanceLogService, of the instances that this executor keeps running. */
export function instanceLogService(logs: Pick<InstanceLogs, 'find'>): ServiceImpl<typeof InstanceLogService> {
  return {
    async *streamInstanceLog({ assignmentId, tailLines, follow, afterNumber }, { signal }) {
      const log = logs.find(assignmentId);
      if (log === undefined) {
        throw skeinError({
          reason: 'ASSIGNMENT_NOT_FOUND',
          code: Code.NotFound,
          message: `this executor does not keep ${assignmentId} running`,
          place: assignmentId,
          remedy: 'ask the registry which executor does',
        });
      }
      for await (const line of log.read({ tailLines, follow, afterNumber: Number(afterNumber) }, signal)) {
        yield line === undefined ? {} : { line: lineToMessage(assignmentId, line) };
      }
    },
  };
}

function lineToMessage(assignmentId: string, line: LoggedLine): MessageInitShape<typeof LogLineSchema> {
  const { timeMs, text, restarts, skippedLines, number } = line;
  return {
    assignmentId,
    time: timestampFromMs(timeMs),
    text,
    restarts,
    skippedLines: BigInt(skippedLines),
    number: BigInt(number),
  };
}
