import type { CommandModule } from '../command.ts';
import { checkApi } from '../doctor/check-api.ts';
import { checkAudits } from '../doctor/check-audits.ts';
import { checkMachine } from '../doctor/check-machine.ts';
import { checkParts } from '../doctor/check-parts.ts';
import type { Finding } from '../doctor/finding.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output/output.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option('--repair', 'mend what is safe to mend in what the services have stored')
    .addHelpText(
      'after',
      '\nExits with 1 where something is wrong and was not mended; a warning alone is not.' +
        '\nWhat the services have stored is checked in all namespaces.',
    );
  invocation.handle(command, async (session, { repair = false }: { readonly repair?: boolean }) => {
    const { host, settings, output } = session;
    const checks = [
      checkMachine(host, settings),
      checkParts(settings, host.env),
      checkApi(session),
      checkAudits(session, repair),
    ];
    const findings = (await Promise.all(checks)).flat();
    const isHealthy = findings.every(({ level }) => level !== 'problem');
    output.document({ healthy: isHealthy, findings });
    for (const finding of findings) showFinding(finding, output);
    return isHealthy ? EXIT.ok : EXIT.unsuccessful;
  });
};

function showFinding({ check, level, detail, remedy }: Finding, output: Output): void {
  const { good, bad, busy, strong } = output.paint;
  const mark = { ok: good('✓'), warning: busy('!'), problem: bad('✗') }[level];
  output.line(`${mark} ${strong(check)}: ${detail}`);
  if (remedy !== '') output.line(`    what to do: ${remedy}`);
}
