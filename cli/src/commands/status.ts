import type { CommandModule } from '../command.ts';
import { statusOf, type PartStatus } from '../distributed/status.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { paintState } from '../output/palette.ts';
import { table } from '../output/table.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.addHelpText('after', '\nExits with 5 where nothing runs or a part is not ready.');
  invocation.handle(command, async (session) => {
    const { output, settings } = session;
    const platforms = await statusOf(settings);
    output.document({ data_dir: settings.dataDir, platforms });
    for (const { mode, api_url: apiUrl, parts } of platforms) {
      output.line(`${output.paint.strong(mode)} at ${apiUrl}`);
      showParts(parts, output);
      output.line();
    }
    if (platforms.length === 0)
      output.line(`nothing runs from ${settings.dataDir}; \`skein dev\` or \`skein up\` starts it`);
    const isWell =
      platforms.length > 0 && platforms.every(({ parts }) => parts.every(({ state }) => state === 'READY'));
    return isWell ? EXIT.ok : EXIT.unreachable;
  });
};

function showParts(parts: readonly PartStatus[], output: Output): void {
  const rows = parts.map(({ name, state, pid, ports, log, reason }) => [
    name,
    paintState(state, output.paint),
    String(pid),
    Object.values(ports).join(', '),
    log,
    reason,
  ]);
  for (const line of table(['PART', 'STATE', 'PID', 'PORTS', 'LOG', 'DETAIL'], rows)) output.line(line);
}
