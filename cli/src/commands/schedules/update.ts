import { CliError } from '../../cli-error.ts';
import type { JsonObject } from '@bufbuild/protobuf';
import {
  ScheduleSpecSchema,
  UpdateScheduleRequestSchema,
  UpdateScheduleResponseSchema,
} from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { messageOf, readObjectFile } from '../../input/message-file.ts';
import { timeText } from '../../schedule/schedule-view.ts';
import { addSpecOptions, specWith, type SpecOptions } from '../../schedule/spec-options.ts';

interface Options extends SpecOptions {
  readonly file?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<schedule>', 'id of the schedule')
    .option('-f, --file <path>', 'YAML or JSON whose `spec` takes the place of the whole; - is standard input');
  addSpecOptions(command);
  command.addHelpText(
    'after',
    '\nWithout --file the options take the place of their own part, if nobody changes the schedule meanwhile.',
  );
  invocation.handle(command, async (session, scheduleId: string, options: Options) => {
    const { output, host } = session;
    const { schedules, namespace } = await connect(session);
    const { schedule: before } = await schedules.getSchedule({ namespace, scheduleId });
    if (before?.spec === undefined)
      throw new CliError({ reason: 'INTERNAL', message: 'the schedule came without its spec' });
    const written = options.file === undefined ? undefined : await readObjectFile(options.file, host);
    const base = written === undefined ? plainJson(ScheduleSpecSchema, before.spec) : written['spec'];
    const spec = await specWith((base ?? {}) as JsonObject, options, host);
    const revision = Number(before.revision);
    const asked = messageOf(UpdateScheduleRequestSchema, { spec, revision }, options.file ?? 'schedule');
    const answer = await schedules.updateSchedule({ ...asked, namespace, scheduleId });
    output.document(plainJson(UpdateScheduleResponseSchema, answer));
    const [next] = answer.schedule?.nextFireTimes ?? [];
    const when = answer.schedule?.paused ? 'paused' : `next fire time ${timeText(next)}`;
    output.line(`${scheduleId} revision ${answer.schedule?.revision ?? 0}, ${when}`);
  });
};
