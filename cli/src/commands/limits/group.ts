import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    {
      name: 'set',
      summary: 'Limits how many runs may be under way, or begin per time',
      load: () => import('./set.ts'),
    },
    { name: 'get', summary: 'Shows a limit, and how many runs hold and wait', load: () => import('./get.ts') },
    { name: 'list', summary: 'Lists limits that are set or in use', load: () => import('./list.ts') },
    {
      name: 'delete',
      summary: 'Takes limits away; what definitions say counts again',
      load: () => import('./delete.ts'),
    },
  ]);
};

/** What a key is, for help. */
export const KEY_HELP = 'namespace, workflow/ID, workflow/ID/VALUE, key/VALUE or agent/ID';
