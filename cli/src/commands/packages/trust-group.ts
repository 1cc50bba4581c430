import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'add', summary: 'Trusts a key with the packages of a publisher', load: () => import('./trust-add.ts') },
    { name: 'list', summary: 'Lists the keys that are trusted', load: () => import('./trust-list.ts') },
    { name: 'remove', summary: 'Trusts a key no longer', load: () => import('./trust-remove.ts') },
  ]);
};
