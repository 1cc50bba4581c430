import { InstanceSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly reason?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<agent>', 'id of the agent')
    .argument('<instance>', 'id of the instance, as `skein agents get` shows it')
    .option('--reason <text>', 'why, for whoever wonders later');
  invocation.handle(command, async (session, agentId: string, instanceId: string, { reason = '' }: Options) => {
    const { output } = session;
    const { agents, namespace } = await connect(session);
    const { instance } = await agents.drainInstance({ namespace, agentId, instanceId, reason });
    if (!instance) return;
    output.document(plainJson(InstanceSchema, instance));
    const left = instance.load?.inFlight ?? 0;
    output.line(`${instanceId} at ${instance.endpoint} is drained${left === 0 ? '' : `; ${left} call(s) still run`}`);
  });
};
