import type { JsonObject } from '@bufbuild/protobuf';
import { CreateScheduleRequestSchema, CreateScheduleResponseSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { messageOf, readObjectFile } from '../../input/message-file.ts';
import { timeText } from '../../schedule/schedule-view.ts';
import { addSpecOptions, specWith, type SpecOptions } from '../../schedule/spec-options.ts';

interface Options extends SpecOptions {
  readonly file?: string;
  readonly paused?: string;
  readonly requestId?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('[schedule]', 'id of the schedule; default: that of the file')
    .option(
      '-f, --file <path>',
      'YAML or JSON with `schedule_id` and `spec`; - is standard input; options go before it',
    )
    .option('--paused <reason>', 'make it paused')
    .option('--request-id <id>', 'makes the call idempotent');
  addSpecOptions(command);
  command.addHelpText(
    'after',
    "\nExample: skein schedules create nightly --cron '30 2 * * MON-FRI' --time-zone Europe/Berlin --workflow report",
  );
  invocation.handle(command, async (session, scheduleId: string | undefined, options: Options) => {
    const { output, host } = session;
    const written = options.file === undefined ? {} : await readObjectFile(options.file, host);
    const spec = await specWith((written['spec'] ?? {}) as JsonObject, options, host);
    const json = {
      ...written,
      spec,
      ...(scheduleId === undefined ? {} : { schedule_id: scheduleId }),
      ...(options.paused === undefined ? {} : { pause_reason: options.paused }),
      ...(options.requestId === undefined ? {} : { request_id: options.requestId }),
    };
    const { schedules, namespace } = await connect(session);
    const asked = messageOf(CreateScheduleRequestSchema, json, options.file ?? 'schedule');
    const answer = await schedules.createSchedule({ ...asked, namespace });
    output.document(plainJson(CreateScheduleResponseSchema, answer));
    const [next] = answer.schedule?.nextFireTimes ?? [];
    const when = answer.schedule?.paused ? 'paused' : `next fire time ${timeText(next)}`;
    output.line(`${asked.scheduleId} ${answer.created ? 'made' : 'unchanged'}, ${when}`);
  });
};
