import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    {
      name: 'apply',
      summary: 'Stores the definition of a file as the latest version',
      load: () => import('./apply.ts'),
    },
    { name: 'list', summary: 'Lists the workflows in their latest versions', load: () => import('./list.ts') },
    { name: 'get', summary: 'Shows a workflow and its definition', load: () => import('./get.ts') },
    {
      name: 'validate',
      summary: 'Says what is wrong with the definition of a file and stores nothing',
      load: () => import('./validate.ts'),
    },
    {
      name: 'versions',
      summary: 'Lists the versions of a workflow, newest first',
      load: () => import('./versions.ts'),
    },
    { name: 'metrics', summary: 'Shows how runs of a workflow went', load: () => import('./metrics.ts') },
    {
      name: 'diff',
      summary: 'Compares two versions of a workflow, or one with a file',
      load: () => import('./diff.ts'),
    },
    {
      name: 'deprecate',
      summary: 'Marks a version as one that new runs should not start on',
      load: () => import('./deprecate.ts'),
    },
  ]);
};
