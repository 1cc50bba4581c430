import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'register', summary: 'Registers an agent, or changes it', load: () => import('./register.ts') },
    { name: 'list', summary: 'Lists agents and how they are', load: () => import('./list.ts') },
    { name: 'get', summary: 'Shows an agent and its instances', load: () => import('./get.ts') },
    { name: 'metrics', summary: 'Shows how calls of an agent went', load: () => import('./metrics.ts') },
    { name: 'discover', summary: 'Finds what can do something', load: () => import('./discover.ts') },
    { name: 'drain', summary: 'Takes an instance out of the routes', load: () => import('./drain.ts') },
    { name: 'enable', summary: 'Puts a drained instance back', load: () => import('./enable.ts') },
    { name: 'remove', summary: 'Forgets agents and their instances', load: () => import('./remove.ts') },
    { name: 'export', summary: 'Writes an agent to a file for another platform', load: () => import('./export.ts') },
    { name: 'import', summary: 'Registers and deploys what such a file says', load: () => import('./import.ts') },
    { name: 'invoke', summary: 'Calls one agent as a run of one node', load: () => import('./invoke.ts') },
  ]);
};
