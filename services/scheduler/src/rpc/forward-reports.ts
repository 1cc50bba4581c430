import type { MethodImpl } from '@connectrpc/connect';
import type { TaskRef, TaskReport, TaskService } from '@skein/contracts/scheduler';
import { reportFromMessage } from './task-message.ts';
import type { TaskRpcParts } from './task-service.ts';

/** TaskService.ForwardReports: what is not acknowledged comes again from its executor. */
export function forwardReportsRpc(parts: TaskRpcParts): MethodImpl<typeof TaskService.method.forwardReports> {
  return async ({ executorId, reports }) => {
    const taken = await Promise.all(reports.map((report) => take(parts, report, executorId)));
    return { acknowledged: taken.filter((ref) => ref !== undefined) };
  };
}

async function take(
  { engine, onReportFailed }: TaskRpcParts,
  message: TaskReport,
  executorId: string,
): Promise<TaskRef | undefined> {
  const report = reportFromMessage(message, executorId);
  if (report === undefined) return undefined;
  try {
    await engine.submit(report.runId, report.command);
    return message.ref;
  } catch (error) {
    onReportFailed(report.runId, error);
    return undefined;
  }
}
