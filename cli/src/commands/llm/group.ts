import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'complete', summary: 'Lets a language model answer a prompt', load: () => import('./complete.ts') },
    { name: 'models', summary: 'Lists the models that can be asked', load: () => import('./models.ts') },
  ]);
};
