import { ScheduleSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { showSchedule } from '../../schedule/schedule-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<schedule>', 'id of the schedule');
  invocation.handle(command, async (session, scheduleId: string) => {
    const { schedules, namespace } = await connect(session);
    const { schedule } = await schedules.getSchedule({ namespace, scheduleId });
    if (!schedule) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the schedule' });
    session.output.document(plainJson(ScheduleSchema, schedule));
    showSchedule(schedule, session.output);
  });
};
