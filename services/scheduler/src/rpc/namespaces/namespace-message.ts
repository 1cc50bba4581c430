import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Namespace, NamespaceSchema } from '@skein/contracts/scheduler';
import { durationOfMs, msOfDuration } from '@skein/events';
import {
  MAX_RUN_RETENTION_MS,
  MIN_RUN_RETENTION_MS,
  type NamespaceChange,
  type NamespaceSettings,
  type RunRetentionRule,
} from '../../app/retention/namespaces.ts';
import { bounded, invalidField, labelsOf } from '../request-fields.ts';

const MAX_DESCRIPTION_CHARS = 1024;
const PATHS: ReadonlySet<string> = new Set(['description', 'labels', 'run_retention', 'keep_runs_forever']);

/** A namespace for the wire. */
export function namespaceToMessage(
  { name, description, labels, runRetention }: NamespaceSettings,
  defaultRetentionMs: number,
): MessageInitShape<typeof NamespaceSchema> {
  const ms = runRetention.kind === 'time' ? runRetention.ms : defaultRetentionMs;
  const keepRunsForever = runRetention.kind === 'forever';
  return {
    name,
    description,
    labels: { ...labels },
    keepRunsForever,
    ...(runRetention.kind === 'time' ? { runRetention: durationOfMs(ms) } : {}),
    ...(keepRunsForever ? {} : { effectiveRunRetention: durationOfMs(ms) }),
  };
}

/** What a request changes. Its mask may spell fields as the contract or as JSON does. */
export function changeOf(message: Namespace, paths: readonly string[]): NamespaceChange {
  const named = new Set(paths.map((path) => path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)));
  if (named.size === 0) throw invalidField('update_mask', `name at least one of ${[...PATHS].join(', ')}`, 'REQUIRED');
  const stranger = [...named].find((path) => !PATHS.has(path));
  if (stranger !== undefined) {
    throw invalidField('update_mask', `${stranger} cannot be changed; name some of ${[...PATHS].join(', ')}`);
  }
  const runRetention = ruleOf(message, named);
  return {
    ...(named.has('description')
      ? { description: bounded('namespace.description', message.description, MAX_DESCRIPTION_CHARS) }
      : {}),
    ...(named.has('labels') ? { labels: labelsOf(message.labels) } : {}),
    ...(runRetention === undefined ? {} : { runRetention }),
  };
}

/** Undefined: it stays. */
function ruleOf(
  { runRetention, keepRunsForever }: Namespace,
  named: ReadonlySet<string>,
): RunRetentionRule | undefined {
  const ms = named.has('run_retention') ? (msOfDuration(runRetention) ?? 0) : 0;
  const isForever = named.has('keep_runs_forever') && keepRunsForever;
  if (isForever && ms !== 0) {
    throw invalidField('namespace.run_retention', 'leave it out where keep_runs_forever is set');
  }
  if (isForever) return { kind: 'forever' };
  if (!named.has('run_retention') && !named.has('keep_runs_forever')) return undefined;
  if (ms === 0) return { kind: 'default' };
  if (ms >= MIN_RUN_RETENTION_MS && ms <= MAX_RUN_RETENTION_MS) return { kind: 'time', ms: Math.round(ms) };
  throw invalidField('namespace.run_retention', 'give 1 hour to 3650 days, or 0 for the configured default');
}
