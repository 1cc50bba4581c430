import { RunSchema, type Run } from '@skein/contracts/scheduler';
import { connect, type Api } from '../../api/api.ts';
import { plainJson } from '../../output/plain-json.ts';
import type { Session } from '../../session.ts';
import { runStateWord } from '../../watch/run-view.ts';

type Change = (api: Api, runId: string) => Promise<{ readonly run?: Run | undefined }>;

/** Changes runs one after the other and says where each then stands. */
export async function changeRuns(session: Session, runIds: readonly string[], change: Change): Promise<void> {
  const { output } = session;
  const api = await connect(session);
  const changed: Run[] = [];
  for (const runId of runIds) {
    const { run } = await change(api, runId);
    if (!run) continue;
    changed.push(run);
    output.line(`${run.runId} ${runStateWord(run.state)}`);
  }
  output.document({ runs: changed.map((run) => plainJson(RunSchema, run)) });
}
