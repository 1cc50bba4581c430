import type { MessageInitShape } from '@bufbuild/protobuf';
import type { StartRunRequestSchema } from '@skein/contracts/scheduler';
import type { SearchAttributes } from '@skein/domain';
import type { Command } from 'commander';
import { valueOfJson } from '../api/wire-values.ts';
import type { Host } from '../host.ts';
import { collectAttribute, foundByFields } from './found-by.ts';
import { JSON_FORMS, readJson } from './json-input.ts';
import { collectPair, parseSpanMs, wholeNumber } from './option-values.ts';

/** What every command that starts a run takes. */
export interface StartOptions {
  readonly input?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly attr?: SearchAttributes;
  readonly memo?: string;
  readonly requestId?: string;
  readonly session?: string;
  readonly priority?: number;
  readonly fairnessKey?: string;
  readonly runToken?: string;
}

/** What every command that waits for a run takes besides. */
export interface WaitOptions {
  readonly timeout?: number;
  readonly follow?: boolean;
}

/** Adds the options of a start. */
export function addStartOptions(command: Command): void {
  command
    .option('-i, --input <json>', `input of the run: ${JSON_FORMS}`)
    .option('-l, --label <key=value>', 'label to find the run by; may be repeated', collectPair)
    .option('--attr <name=value>', 'search attribute, typed: score=0.5, urgent=true; may be repeated', collectAttribute)
    .option('--memo <json>', `shown with the run and never searched: ${JSON_FORMS}`)
    .option('--request-id <id>', 'makes the start idempotent: the same id again gives the same run')
    .option('--session <id>', 'conversation that the run belongs to')
    .option('--priority <number>', '1 (first) to 5; default: as the workflow says', wholeNumber(1, 5))
    .option('--fairness-key <key>', 'runs that wait take turns over these; default: as the workflow says')
    .option('--run-token <token>', 'what an agent got with its call: the run is a child of that call’s run');
}

/** Adds the options of a wait. */
export function addWaitOptions(command: Command): void {
  command
    .option('--timeout <span>', 'wait at most this long (30s, 5m); the run goes on afterwards', parseSpanMs)
    .option('-f, --follow', 'show what agents and models write as it comes; with -o json, a line per event');
}

/** The options as the fields of a request. */
export async function startFields(
  {
    input,
    label = {},
    requestId = '',
    session = '',
    priority = 0,
    fairnessKey = '',
    runToken = '',
    attr,
    memo,
  }: StartOptions,
  host: Host,
): Promise<Omit<MessageInitShape<typeof StartRunRequestSchema>, '$typeName' | 'target' | 'namespace'>> {
  return {
    ...(input === undefined ? {} : { input: valueOfJson(await readJson(input, '--input', host)) }),
    labels: { ...label },
    ...(await foundByFields({ attr, memo }, host)),
    requestId,
    sessionId: session,
    priority,
    fairnessKey,
    runToken,
  };
}
