import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'send', summary: 'Sends a message to an agent or a session', load: () => import('./send.ts') },
    { name: 'receive', summary: 'Takes messages out of a mailbox', load: () => import('./receive.ts') },
    { name: 'publish', summary: 'Adds a message to a topic', load: () => import('./publish.ts') },
    { name: 'subscribe', summary: 'Follows a topic until Ctrl-C', load: () => import('./subscribe.ts') },
    { name: 'broadcast', summary: 'Sends a message to several agents', load: () => import('./broadcast.ts') },
    {
      name: 'list',
      summary: 'Lists messages of a run, session, agent or topic',
      load: () => import('./list.ts'),
    },
  ]);
};
