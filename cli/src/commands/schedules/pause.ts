import { ScheduleSchema, type Schedule } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<schedule...>', 'ids of the schedules').option('--reason <text>', 'why, for people', '');
  invocation.handle(command, async (session, scheduleIds: string[], { reason }: { reason: string }) => {
    const { output } = session;
    const { schedules, namespace } = await connect(session);
    const paused: Schedule[] = [];
    for (const scheduleId of scheduleIds) {
      const { schedule } = await schedules.pauseSchedule({ namespace, scheduleId, reason });
      if (schedule) paused.push(schedule);
      output.line(`${scheduleId} PAUSED`);
    }
    output.document({ schedules: paused.map((schedule) => plainJson(ScheduleSchema, schedule)) });
  });
};
