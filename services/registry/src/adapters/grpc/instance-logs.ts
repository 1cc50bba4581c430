import { Code, ConnectError, createClient, type Client, type Transport } from '@connectrpc/connect';
import { InstanceLogService, type LogLine } from '@skein/contracts/registry';
import { msOfTimestamp } from '@skein/events';
import { grpcTransport, type ClosableTransport } from '@skein/rpc';
import type { InstanceLine, InstanceLogPort } from '../../app/deployment-logs.ts';
import { ExecutorAwayError } from '../../app/registry-errors.ts';

/** The executors by their addresses; a connection is made when one is first asked. `local` knows those of this process. */
export function instanceLogs(
  local: (address: string) => Transport | undefined = () => undefined,
): InstanceLogPort & Disposable {
  const transports = new Map<string, ClosableTransport>();
  const clientOf = (address: string): Client<typeof InstanceLogService> => {
    const own = local(address);
    if (own !== undefined) return createClient(InstanceLogService, own);
    const transport = transports.get(address) ?? grpcTransport({ address });
    transports.set(address, transport);
    return createClient(InstanceLogService, transport);
  };
  return {
    async *read(address, { assignmentId, tailLines, follow, afterNumber }, signal) {
      if (address === '') throw new ExecutorAwayError(assignmentId, 'it is gone, or of a version that keeps no lines');
      const left = new AbortController();
      const options = { signal: AbortSignal.any([signal, left.signal]) };
      const request = { assignmentId, tailLines, follow, afterNumber: BigInt(afterNumber) };
      try {
        for await (const { line } of clientOf(address).streamInstanceLog(request, options)) {
          yield line === undefined ? undefined : lineOf(line);
        }
      } catch (error) {
        // Not begun yet, or stopped.
        if (ConnectError.from(error).code === Code.NotFound) return;
        throw new ExecutorAwayError(assignmentId, error);
      } finally {
        left.abort();
      }
    },
    [Symbol.dispose]() {
      for (const transport of transports.values()) transport[Symbol.dispose]();
    },
  };
}

function lineOf({ assignmentId, time, text, restarts, skippedLines, number }: LogLine): InstanceLine {
  const timeMs = msOfTimestamp(time) ?? 0;
  return { assignmentId, timeMs, text, restarts, skippedLines: Number(skippedLines), number: Number(number) };
}
