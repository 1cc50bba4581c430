import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'list', summary: 'Lists what runs wait for people to decide', load: () => import('./list.ts') },
    { name: 'get', summary: 'Shows what is asked, of whom, and the form', load: () => import('./get.ts') },
    { name: 'approve', summary: 'Approves what a run asks for', load: () => import('./approve.ts') },
    { name: 'reject', summary: 'Rejects what a run asks for', load: () => import('./reject.ts') },
  ]);
};
