import type { CommandModule } from '../command.ts';
import { bringUp, DEFAULT_READY_TIMEOUT_MS } from '../distributed/bring-up.ts';
import { parseSpanMs } from '../input/option-values.ts';
import { modeDirectory } from '../settings.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option('--timeout <span>', 'wait at most this long for each part (30s, 5m); default: 1m', parseSpanMs)
    .addHelpText(
      'after',
      '\nStarts nats-server, Postgres and one process per service, and waits until all are ready. DATABASE_URL and\n' +
        'SKEIN_NATS_URL make it use a Postgres and a NATS of yours; HTTP_PORT and the SKEIN_*_PORT variables set ports,\n' +
        'other defaults give way to free ones. Again, it starts what has died.',
    );
  invocation.handle(command, async (session, { timeout }: { timeout?: number }) => {
    const { output, settings } = session;
    const record = await bringUp(session, timeout ?? DEFAULT_READY_TIMEOUT_MS);
    const directory = modeDirectory(settings, 'distributed');
    output.document({ ...record, directory });
    const { strong, faint } = output.paint;
    output.line(`${strong('Skein runs')} at ${strong(record.api_url)}`);
    output.line(`  data, logs and ports  ${directory}`);
    output.line(faint('`skein status` shows it, `skein down` stops it and keeps the data.'));
  });
};
