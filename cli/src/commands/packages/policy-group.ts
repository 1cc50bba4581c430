import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'get', summary: 'Shows what may be installed', load: () => import('./policy-get.ts') },
    { name: 'set', summary: 'Says what may be installed', load: () => import('./policy-set.ts') },
  ]);
};
