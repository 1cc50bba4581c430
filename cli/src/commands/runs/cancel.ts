import { RunSchema, type Run } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { runStateWord } from '../../watch/run-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<run...>', 'ids of the runs').option('--reason <text>', 'why, for people', '');
  invocation.handle(command, async (session, runIds: string[], { reason }: { reason: string }) => {
    const { output } = session;
    const { runs, namespace } = await connect(session);
    const cancelled: Run[] = [];
    for (const runId of runIds) {
      const { run } = await runs.cancelRun({ namespace, runId, reason });
      if (!run) continue;
      cancelled.push(run);
      output.line(`${run.runId} ${runStateWord(run.state)}`);
    }
    output.document({ runs: cancelled.map((run) => plainJson(RunSchema, run)) });
  });
};
