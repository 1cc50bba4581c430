import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'register', summary: 'Registers an rpc service, or changes it', load: () => import('./register.ts') },
    { name: 'list', summary: 'Lists rpc services', load: () => import('./list.ts') },
    { name: 'get', summary: 'Shows an rpc service', load: () => import('./get.ts') },
    { name: 'methods', summary: 'Lists the methods of an rpc service', load: () => import('./methods.ts') },
    { name: 'delete', summary: 'Forgets rpc services', load: () => import('./delete.ts') },
  ]);
};
