import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<schedule...>', 'ids of the schedules');
  invocation.handle(command, async (session, scheduleIds: string[]) => {
    const { output } = session;
    const { schedules, namespace } = await connect(session);
    for (const scheduleId of scheduleIds) {
      await schedules.deleteSchedule({ namespace, scheduleId });
      output.line(`${scheduleId} deleted`);
    }
    output.document({ deleted: scheduleIds });
  });
};
