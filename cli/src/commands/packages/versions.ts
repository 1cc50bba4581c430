import { PackageSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { PACKAGE_COLUMNS, packageRow } from '../../package/package-view.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<package>', 'PUBLISHER/NAME');
  invocation.handle(command, async (session, name: string) => {
    const { output } = session;
    const { catalogue, namespace } = await connect(session);
    const { packages } = await catalogue.listPackageVersions({ namespace, name });
    output.document({ packages: packages.map((each) => plainJson(PackageSchema, each)) });
    for (const line of table(PACKAGE_COLUMNS, packages.map(packageRow))) output.line(line);
  });
};
