import { RunTimelineSchema } from '@skein/contracts/eventlog';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { ganttLines, LEGEND } from '../../timeline/gantt.ts';

const WIDEST = 160;
const USUAL_COLUMNS = 100;

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<run>', 'id of the run');
  invocation.handle(command, async (session, runId: string) => {
    const { output, host } = session;
    const { events, namespace } = await connect(session);
    const { timeline } = await events.getRunTimeline({ namespace, runId });
    if (!timeline) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the time line' });
    output.document(plainJson(RunTimelineSchema, timeline));
    const columns = Math.min(host.stdout.columns ?? USUAL_COLUMNS, WIDEST);
    for (const line of ganttLines(timeline, { columns, nowMs: Date.now(), paint: output.paint })) output.line(line);
    output.note(LEGEND);
  });
};
