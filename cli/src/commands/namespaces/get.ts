import { NamespaceSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { namespaceLine } from '../../namespace/namespace-view.ts';
import { plainJson } from '../../output/plain-json.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('[name]', 'the namespace; default: the one that commands act for');
  invocation.handle(command, async (session, name: string | undefined) => {
    const api = await connect(session);
    const { namespace } = await api.namespaces.getNamespace({ name: name ?? api.namespace });
    if (!namespace) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the namespace' });
    session.output.document(plainJson(NamespaceSchema, namespace));
    session.output.line(namespaceLine(namespace));
  });
};
