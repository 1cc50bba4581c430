import { RunSchema, type Run } from '@skein/contracts/scheduler';
import type { Api } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { ExitCode } from '../../exit-code.ts';
import type { WaitOptions } from '../../input/start-options.ts';
import { plainJson } from '../../output/plain-json.ts';
import type { Session } from '../../session.ts';
import { showToEnd } from '../../watch/run-to-end.ts';

/** Says which run was started, or follows it to its end where that is asked for. */
export async function showStarted(
  session: Session,
  api: Api,
  run: Run | undefined,
  options: WaitOptions & { readonly wait?: boolean },
): Promise<ExitCode | undefined> {
  const { output } = session;
  if (!run) throw new CliError({ reason: 'INTERNAL', message: `${api.address} answered a start without a run` });
  const waits = options.wait ?? (options.follow === true || options.timeout !== undefined);
  if (waits) return showToEnd(session, api, run.runId, options);
  output.document(plainJson(RunSchema, run));
  output.line(run.runId);
  output.note(`\`skein runs watch ${run.runId}\` follows it`);
  return undefined;
}
