import { BackfillScheduleRequestSchema, BackfillScheduleResponseSchema } from '@skein/contracts/scheduler';
import { Option } from 'commander';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { messageOf } from '../../input/message-file.ts';
import { OVERLAPS } from '../../schedule/spec-options.ts';

interface Options {
  readonly from: string;
  readonly until: string;
  readonly overlap?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<schedule>', 'id of the schedule')
    .requiredOption('--from <time>', 'the first time that counts, as RFC 3339')
    .requiredOption('--until <time>', 'times from this one on do not count; at most now')
    .addOption(new Option('--overlap <policy>', 'default: buffer_all, one after the other').choices(OVERLAPS));
  invocation.handle(command, async (session, scheduleId: string, { from, until, overlap }: Options) => {
    const { output } = session;
    const { schedules, namespace } = await connect(session);
    const json = { start_time: from, end_time: until, ...(overlap === undefined ? {} : { overlap }) };
    const asked = messageOf(BackfillScheduleRequestSchema, json, 'backfill');
    const answer = await schedules.backfillSchedule({ ...asked, namespace, scheduleId });
    output.document(plainJson(BackfillScheduleResponseSchema, answer));
    output.line(`${scheduleId} makes up for ${answer.fireCount} fire times`);
  });
};
