import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  invocation.addCommands(command, [
    { name: 'start', summary: 'Starts a run of a stored workflow and does not wait', load: () => import('./start.ts') },
    { name: 'list', summary: 'Lists runs, newest first', load: () => import('./list.ts') },
    { name: 'count', summary: 'Counts runs, in all or by a field', load: () => import('./count.ts') },
    { name: 'get', summary: 'Shows a run and its nodes', load: () => import('./get.ts') },
    { name: 'input', summary: 'Shows what a node was given: of a model, the prompt', load: () => import('./input.ts') },
    { name: 'events', summary: 'Lists the history of a run', load: () => import('./events.ts') },
    { name: 'export', summary: 'Writes the history of a run to a file', load: () => import('./export.ts') },
    { name: 'import', summary: 'Takes in an exported run that has ended', load: () => import('./import.ts') },
    { name: 'watch', summary: 'Follows a run to its end and prints its output', load: () => import('./watch.ts') },
    { name: 'timeline', summary: 'Shows when each node of a run did what', load: () => import('./timeline.ts') },
    { name: 'tree', summary: 'Shows a run with its child runs', load: () => import('./tree.ts') },
    { name: 'cancel', summary: 'Cancels runs; what they did is undone', load: () => import('./cancel.ts') },
    { name: 'terminate', summary: 'Ends runs at once; nothing is undone', load: () => import('./terminate.ts') },
    { name: 'delete', summary: 'Deletes ended runs with everything stored of them', load: () => import('./delete.ts') },
    { name: 'pause', summary: 'Holds runs, or one node of them, back', load: () => import('./pause.ts') },
    { name: 'resume', summary: 'Lets what was held back go on', load: () => import('./resume.ts') },
    {
      name: 'signal',
      summary: 'Sends a signal to a run, or starts the run with it',
      load: () => import('./signal.ts'),
    },
    { name: 'answer', summary: "Answers the question of a run's agent", load: () => import('./answer.ts') },
    { name: 'fork', summary: 'Starts a run that goes on where another one stood', load: () => import('./fork.ts') },
    { name: 'retry', summary: 'Starts a run that does again what failed', load: () => import('./retry.ts') },
  ]);
};
