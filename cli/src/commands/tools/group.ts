import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'register', summary: 'Registers a tool, or changes it', load: () => import('./register.ts') },
    { name: 'list', summary: 'Lists tools', load: () => import('./list.ts') },
    { name: 'get', summary: 'Shows a tool', load: () => import('./get.ts') },
    { name: 'delete', summary: 'Forgets tools', load: () => import('./delete.ts') },
    { name: 'call', summary: 'Calls one tool as a run of one node', load: () => import('./call.ts') },
  ]);
};
