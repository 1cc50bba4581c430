import { ListScheduleTimesRequestSchema, ListScheduleTimesResponseSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { instantMs } from '../../output/time.ts';
import { messageOf } from '../../input/message-file.ts';
import { timeText } from '../../schedule/schedule-view.ts';
import { addTimesOptions, timesOf, type TimesOptions } from '../../schedule/spec-options.ts';

interface Options extends TimesOptions {
  readonly after?: string;
  readonly count: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('[schedule]', 'id of the schedule; without one, of the options')
    .option('--count <number>', 'at most this many', wholeNumber(1, 1000), 10)
    .option('--after <time>', 'times after this one, as RFC 3339; default: now');
  addTimesOptions(command);
  invocation.handle(command, async (session, scheduleId: string | undefined, options: Options) => {
    const { output } = session;
    const { schedules, namespace } = await connect(session);
    const { count, after } = options;
    const of = scheduleId === undefined ? { spec: timesOf(options) } : { schedule_id: scheduleId };
    const asked = messageOf(ListScheduleTimesRequestSchema, { ...of, count, after: after ?? null }, 'times');
    const answer = await schedules.listScheduleTimes({ ...asked, namespace });
    output.document(plainJson(ListScheduleTimesResponseSchema, answer));
    for (const { fireTime, dueTime } of answer.times) {
      const isLater = instantMs(fireTime) !== instantMs(dueTime);
      output.line(isLater ? `${timeText(fireTime)}  starts ${timeText(dueTime)}` : timeText(fireTime));
    }
    if (answer.times.length === 0) output.note('no fire time is left');
  });
};
