import { ScheduleSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { clip } from '../../output/value-text.ts';
import { outcomeWord, scheduleState, targetText, timesText, timeText } from '../../schedule/schedule-view.ts';

const TIMES_CHARS = 50;

export const define: CommandModule['define'] = (command, invocation) => {
  command.option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 100);
  invocation.handle(command, async (session, { limit }: { limit: number }) => {
    const { output } = session;
    const { schedules: client, namespace } = await connect(session);
    const schedules = await pagesOf(limit, async (page) => {
      const answer = await client.listSchedules({ namespace, ...page });
      return { items: answer.schedules, nextPageToken: answer.nextPageToken };
    });
    output.document({ schedules: schedules.map((schedule) => plainJson(ScheduleSchema, schedule)) });
    if (schedules.length === 0) {
      output.note('no schedules; `skein schedules create ID --cron EXPRESSION --workflow ID` makes one');
      return;
    }
    const rows = schedules.map((schedule) => {
      const { scheduleId, spec, nextFireTimes, recentFires } = schedule;
      const [last] = recentFires;
      return [
        scheduleId,
        paintState(scheduleState(schedule), output.paint),
        timeText(nextFireTimes[0]),
        last === undefined ? '-' : paintState(outcomeWord(last), output.paint),
        spec === undefined ? '-' : targetText(spec),
        spec === undefined ? '-' : clip(timesText(spec), TIMES_CHARS),
      ];
    });
    for (const line of table(['SCHEDULE', 'STATE', 'NEXT', 'LAST', 'STARTS', 'TIMES'], rows)) output.line(line);
  });
};
