import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    {
      name: 'list',
      summary: 'Lists namespaces, and how long each keeps ended runs',
      load: () => import('./list.ts'),
    },
    { name: 'get', summary: 'Shows a namespace', load: () => import('./get.ts') },
    {
      name: 'update',
      summary: 'Says how long a namespace keeps ended runs, and what it is for',
      load: () => import('./update.ts'),
    },
  ]);
};
