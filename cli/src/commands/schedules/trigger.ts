import { FireOutcome, ScheduleFireSchema, TriggerScheduleRequestSchema } from '@skein/contracts/scheduler';
import { Option } from 'commander';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { plainJson } from '../../output/plain-json.ts';
import { messageOf } from '../../input/message-file.ts';
import { fireDetail, outcomeWord } from '../../schedule/schedule-view.ts';
import { OVERLAPS } from '../../schedule/spec-options.ts';

interface Options {
  readonly overlap?: string;
  readonly requestId?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<schedule>', 'id of the schedule')
    .addOption(
      new Option('--overlap <policy>', 'what to do while a run is open; default: as it says').choices(OVERLAPS),
    )
    .option('--request-id <id>', 'makes the call idempotent');
  invocation.handle(command, async (session, scheduleId: string, { overlap, requestId = '' }: Options) => {
    const { output } = session;
    const { schedules, namespace } = await connect(session);
    const json = { schedule_id: scheduleId, request_id: requestId, ...(overlap === undefined ? {} : { overlap }) };
    const asked = messageOf(TriggerScheduleRequestSchema, json, '--overlap');
    const { fire } = await schedules.triggerSchedule({ ...asked, namespace });
    if (!fire) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without what became of it' });
    output.document(plainJson(ScheduleFireSchema, fire));
    output.line(`${scheduleId} ${outcomeWord(fire)} ${fireDetail(fire)}`.trimEnd());
    return fire.outcome === FireOutcome.FAILED ? EXIT.unsuccessful : EXIT.ok;
  });
};
