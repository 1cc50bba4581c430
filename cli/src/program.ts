import { Command, Option } from 'commander';
import type { CommandEntry, Invocation } from './command.ts';

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'Runs the customer support example from end to end (`npm start`)',
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'run',
    summary: 'Applies a workflow file, runs it and prints its output',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'dev',
    summary: 'Runs the embedded platform in the foreground until Ctrl-C',
    load: () => import('./commands/dev.ts'),
  },
  {
    name: 'up',
    summary: 'Starts the distributed platform in the background',
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'down',
    summary: 'Stops the distributed platform and keeps its data',
    load: () => import('./commands/down.ts'),
  },
  {
    name: 'status',
    summary: 'Shows what runs, where and with which logs',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'workflows',
    summary: 'Applies, lists, shows and validates workflow definitions',
    load: () => import('./commands/workflows/group.ts'),
  },
  {
    name: 'runs',
    summary: 'Starts, lists, shows, follows, holds back, signals and ends runs, and goes on from them',
    load: () => import('./commands/runs/group.ts'),
  },
  {
    name: 'approvals',
    summary: 'Lists and decides what runs ask people for',
    load: () => import('./commands/approvals/group.ts'),
  },
  {
    name: 'schedules',
    summary: 'Starts runs by the clock: makes, shows, pauses, triggers and backfills schedules',
    load: () => import('./commands/schedules/group.ts'),
  },
  {
    name: 'limits',
    summary: 'Limits how many runs may be under way, or begin per time',
    load: () => import('./commands/limits/group.ts'),
  },
  {
    name: 'namespaces',
    summary: 'Lists, shows and updates namespaces: how long each keeps ended runs',
    load: () => import('./commands/namespaces/group.ts'),
  },
  {
    name: 'agents',
    summary: 'Registers, lists, shows, removes and calls agents',
    load: () => import('./commands/agents/group.ts'),
  },
  {
    name: 'messages',
    summary: 'Sends, receives, publishes, follows and lists messages between agents',
    load: () => import('./commands/messages/group.ts'),
  },
  {
    name: 'services',
    summary: 'Registers, lists, shows and deletes rpc services, and lists their methods',
    load: () => import('./commands/services/group.ts'),
  },
  {
    name: 'tools',
    summary: 'Registers, lists, shows, deletes and calls tools',
    load: () => import('./commands/tools/group.ts'),
  },
  {
    name: 'deployments',
    summary: 'Applies, lists, shows, scales, rolls back and deletes deployments, and shows their logs',
    load: () => import('./commands/deployments/group.ts'),
  },
  {
    name: 'packages',
    summary: 'Packs, signs, publishes, finds and installs packages of agents',
    load: () => import('./commands/packages/group.ts'),
  },
  {
    name: 'replay',
    summary: 'Plays an exported run again, on its own definition or on another',
    load: () => import('./commands/replay.ts'),
  },
  { name: 'llm', summary: 'Asks a language model', load: () => import('./commands/llm/group.ts') },
  {
    name: 'doctor',
    summary: 'Checks everything and says what to do about what is wrong',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'conformance',
    summary: 'Holds an agent, in any language, against its contract, and says precisely what is wrong',
    load: () => import('./commands/conformance.ts'),
  },
  {
    name: 'completion',
    summary: 'Prints a completion script for bash or zsh',
    load: () => import('./commands/completion.ts'),
  },
  { name: 'version', summary: 'Prints the versions of Skein and Node', load: () => import('./commands/version.ts') },
  {
    name: 'help',
    summary: 'Explains a command, or the exit codes (`skein help exit-codes`)',
    load: () => import('./commands/help.ts'),
  },
];

/** The whole command line, its commands not loaded yet. */
export function createProgram(invocation: Invocation): Command {
  const program = new Command('skein')
    .description('Runs AI agents durably: register them, compose them into workflows, run, watch and replay.')
    .addOption(new Option('-n, --namespace <name>', 'tenant (SKEIN_NAMESPACE; default: default)'))
    .addOption(new Option('-o, --output <format>', 'form of the result').choices(['human', 'json']).default('human'))
    .addOption(new Option('--api <url>', 'address of the platform (SKEIN_API_URL; default: the one that runs here)'))
    .addOption(new Option('--data-dir <path>', 'where platforms keep their data (SKEIN_DATA_DIR; default: .skein)'))
    .addOption(new Option('-q, --quiet', 'no progress on standard error, errors only'))
    .addOption(new Option('--no-color', 'no colours (also NO_COLOR)'))
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    // Help goes out as it is; usage errors come back as exceptions and are told like all others.
    .configureOutput({ writeOut: (text) => void invocation.host.stdout.write(text), writeErr: () => undefined })
    .exitOverride();
  program.addHelpText('after', '\nExit codes: `skein help exit-codes`. Every command explains itself with --help.');
  invocation.addCommands(program, COMMANDS);
  return program;
}
