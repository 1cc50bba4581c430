import { PackageSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { PACKAGE_COLUMNS, packageRow } from '../../package/package-view.ts';

interface Options {
  readonly capability?: string;
  readonly type?: string;
  readonly publisher?: string;
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('[text]', 'part of the name or description')
    .option('-c, --capability <word>', 'what it can do')
    .option('--type <word>', 'its role, such as processor')
    .option('--publisher <name>', 'the part of its name before the slash')
    .option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 1000);
  invocation.handle(command, async (session, text: string | undefined, options: Options) => {
    const { output } = session;
    const { capability = '', type: agentType = '', publisher = '', limit } = options;
    const { catalogue, namespace } = await connect(session);
    const packages = await pagesOf(limit, async (page) => {
      const search = { namespace, text: text ?? '', capability, agentType, publisher };
      const answer = await catalogue.searchPackages({ ...search, ...page });
      return { items: answer.packages, nextPageToken: answer.nextPageToken };
    });
    output.document({ packages: packages.map((each) => plainJson(PackageSchema, each)) });
    if (packages.length === 0) output.note('no packages; `skein packages publish FOLDER` adds one');
    else for (const line of table(PACKAGE_COLUMNS, packages.map(packageRow))) output.line(line);
  });
};
