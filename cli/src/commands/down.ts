import type { CommandModule } from '../command.ts';
import { takeDown } from '../distributed/take-down.ts';
import { modeDirectory } from '../settings.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.option('--purge', 'delete its data and logs too');
  invocation.handle(command, async (session, { purge = false }: { purge?: boolean }) => {
    const { output, settings } = session;
    const directory = modeDirectory(settings, 'distributed');
    const stopped = await takeDown(session, { purge });
    output.document({ stopped, directory, purged: purge });
    const data = purge ? 'its data is deleted' : `its data is kept in ${directory}`;
    output.line(stopped.length === 0 ? `nothing ran; ${data}` : `stopped ${stopped.length} processes; ${data}`);
  });
};
