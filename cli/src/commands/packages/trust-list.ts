import { TrustedKeySchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.handle(command, async (session) => {
    const { output } = session;
    const { catalogue, namespace } = await connect(session);
    const { keys } = await catalogue.listTrustedKeys({ namespace });
    output.document({ keys: keys.map((key) => plainJson(TrustedKeySchema, key)) });
    if (keys.length === 0) output.note('no keys; `skein packages trust add PUBLISHER FILE` adds one');
    const rows = keys.map(({ publisher, keyId }) => [publisher, keyId]);
    if (keys.length > 0) for (const line of table(['PUBLISHER', 'KEY'], rows)) output.line(line);
  });
};
