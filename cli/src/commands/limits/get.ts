import { LimitSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { limitLine } from '../../limit/limit-view.ts';
import { plainJson } from '../../output/plain-json.ts';
import { KEY_HELP } from './group.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<key>', KEY_HELP);
  invocation.handle(command, async (session, key: string) => {
    const { limits, namespace } = await connect(session);
    const { limit } = await limits.getLimit({ namespace, key });
    if (!limit) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the limit' });
    session.output.document(plainJson(LimitSchema, limit));
    session.output.line(limitLine(limit));
  });
};
