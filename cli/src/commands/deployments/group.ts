import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'apply', summary: 'Creates a deployment, or changes it', load: () => import('./apply.ts') },
    { name: 'list', summary: 'Lists deployments and how far they are', load: () => import('./list.ts') },
    { name: 'get', summary: 'Shows a deployment and its instances', load: () => import('./get.ts') },
    { name: 'logs', summary: 'Shows what instances write', load: () => import('./logs.ts') },
    { name: 'scale', summary: 'Changes how many instances run', load: () => import('./scale.ts') },
    {
      name: 'autoscale',
      summary: 'Has the load decide how many instances run',
      load: () => import('./autoscale.ts'),
    },
    {
      name: 'rollback',
      summary: 'Goes back to the template of an earlier revision',
      load: () => import('./rollback.ts'),
    },
    { name: 'delete', summary: 'Stops all instances, and deletes the deployment', load: () => import('./delete.ts') },
  ]);
};
