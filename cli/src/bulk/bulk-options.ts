import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** What every command takes that does the same to many runs. */
export interface BulkOptions {
  readonly filter?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly after: string;
  readonly children?: boolean;
}

/** Adds the options of a bulk operation. */
export function addBulkOptions(command: Command): void {
  command
    .option('--filter <filter>', 'every run that this holds for, such as "state = FAILED and attr.customer = \'acme\'"')
    .option('--yes', 'with --filter: do it; without it the runs are only counted')
    .option('--dry-run', 'with --filter: only count the runs')
    .option('--after <run>', 'with --filter: only runs after this one, where an earlier use has stopped', '')
    .option('--children', 'with --filter: child runs too');
}

/** Adds the option that names a use of an operation which may not be repeated without it. */
export function addBulkId(command: Command): void {
  command.option('--bulk-id <id>', 'with --filter: the same id again changes no run twice; default: a new one');
}

/** Options of a bulk operation that is asked for by a filter; undefined: the runs are named. */
export function filtered<T extends BulkOptions>(
  runIds: readonly string[],
  options: T,
): (T & { readonly filter: string }) | undefined {
  const { filter } = options;
  if (runIds.length > 0 === (filter !== undefined)) {
    const message = filter === undefined ? 'no run is named' : 'runs are named, and there is a filter';
    throw new CliError({
      reason: 'USAGE',
      message,
      remedy: 'give ids of runs, or --filter',
      exitCode: EXIT.usage,
    });
  }
  return filter === undefined ? undefined : { ...options, filter };
}
