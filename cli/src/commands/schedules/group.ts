import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'create', summary: 'Makes a schedule', load: () => import('./create.ts') },
    { name: 'list', summary: 'Lists schedules and their next fire times', load: () => import('./list.ts') },
    {
      name: 'get',
      summary: 'Shows a schedule, its next fire times and what became of the last',
      load: () => import('./get.ts'),
    },
    { name: 'update', summary: 'Changes when a schedule fires, or what it starts', load: () => import('./update.ts') },
    { name: 'delete', summary: 'Forgets schedules; their runs go on', load: () => import('./delete.ts') },
    {
      name: 'pause',
      summary: 'Lets the fire times of schedules pass without effect',
      load: () => import('./pause.ts'),
    },
    { name: 'resume', summary: 'Ends the pause of schedules', load: () => import('./resume.ts') },
    { name: 'trigger', summary: 'Fires a schedule now, paused or not', load: () => import('./trigger.ts') },
    { name: 'backfill', summary: 'Makes up for fire times of the past', load: () => import('./backfill.ts') },
    {
      name: 'times',
      summary: 'Shows the next fire times of a schedule, or of options before they are stored',
      load: () => import('./times.ts'),
    },
  ]);
};
