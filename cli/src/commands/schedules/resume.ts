import { ScheduleSchema, type Schedule } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { timeText } from '../../schedule/schedule-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<schedule...>', 'ids of the schedules');
  invocation.handle(command, async (session, scheduleIds: string[]) => {
    const { output } = session;
    const { schedules, namespace } = await connect(session);
    const resumed: Schedule[] = [];
    for (const scheduleId of scheduleIds) {
      const { schedule } = await schedules.resumeSchedule({ namespace, scheduleId });
      if (schedule) resumed.push(schedule);
      output.line(`${scheduleId} ACTIVE, next fire time ${timeText(schedule?.nextFireTimes[0])}`);
    }
    output.document({ schedules: resumed.map((schedule) => plainJson(ScheduleSchema, schedule)) });
  });
};
