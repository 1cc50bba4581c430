import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { collect } from '../../input/option-values.ts';
import { showPolicy } from '../../package/policy-view.ts';

interface Options {
  readonly requireSignature?: boolean;
  readonly key?: string[];
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .option(
      '--require-signature',
      'nobody installs what is not signed by a key that counts, not with --allow-unsigned either',
    )
    .option('--key <id>', 'of the trusted keys only this one counts; may be repeated', collect)
    .addHelpText('after', '\nThe whole policy: what is left out is as without one. What is installed runs on.');
  invocation.handle(command, async (session, { requireSignature = false, key = [] }: Options) => {
    const { catalogue, namespace } = await connect(session);
    showPolicy(await catalogue.setInstallPolicy({ namespace, requireSignature, allowedKeyIds: key }), session.output);
  });
};
