/** Options that say when and what, for the commands that make, change and preview schedules. */
import type { JsonObject } from '@bufbuild/protobuf';
import { searchAttributeJson, type SearchAttributes } from '@skein/domain';
import { Option, type Command } from 'commander';
import { invalidValue } from '../cli-error.ts';
import type { Host } from '../host.ts';
import { collectAttribute, memoOf } from '../input/found-by.ts';
import { JSON_FORMS, readJson } from '../input/json-input.ts';
import { collect, collectPair, wholeNumber } from '../input/option-values.ts';

/** When. */
export interface TimesOptions {
  readonly cron?: readonly string[];
  readonly every?: readonly string[];
  readonly timeZone?: string;
  readonly jitter?: string;
  readonly from?: string;
  readonly until?: string;
  readonly skipDate?: readonly string[];
  readonly skipCron?: readonly string[];
}

/** What, and what besides. */
export interface SpecOptions extends TimesOptions {
  readonly workflow?: string;
  readonly agent?: string;
  readonly model?: string;
  readonly input?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly attr?: SearchAttributes;
  readonly memo?: string;
  readonly session?: string;
  readonly priority?: number;
  readonly fairnessKey?: string;
  readonly overlap?: string;
  readonly catchUp?: string;
  readonly description?: string;
}

/** Overlap policies as they are written. */
export const OVERLAPS = ['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'terminate_other', 'allow_all'];

/** Adds the options of {@link TimesOptions}. */
export function addTimesOptions(command: Command): void {
  command
    .option(
      '-c, --cron <expression>',
      'minute hour day month weekday, with seconds before if need be; repeatable',
      collect,
    )
    .option('-e, --every <span>', 'a fixed interval (90s, 6h, 1d), or SPAN+OFFSET; repeatable', collect)
    .option('-z, --time-zone <name>', 'zone of expressions and days, such as Europe/Berlin; default: UTC')
    .option('--jitter <span>', 'start up to this much later')
    .option('--from <time>', 'no fire time before this one, as RFC 3339')
    .option('--until <time>', 'only fire times before this one')
    .option('--skip-date <day>', 'a day to leave out, or FIRST..LAST; repeatable', collect)
    .option('--skip-cron <expression>', 'times to leave out; repeatable', collect);
}

/** Adds the options of {@link SpecOptions}. */
export function addSpecOptions(command: Command): void {
  addTimesOptions(command);
  command
    .option('-w, --workflow <id>', 'workflow to run; ID:VERSION for one version, else the latest of the day')
    .option('-a, --agent <id>', 'agent to run, in place of a workflow')
    .option('-m, --model <name>', 'model to run, in place of a workflow')
    .option('-i, --input <json>', `input of the runs: ${JSON_FORMS}`)
    .option('-l, --label <key=value>', 'label of the runs; repeatable', collectPair)
    .option(
      '--attr <name=value>',
      'search attribute of the runs, typed as of `runs start`; repeatable',
      collectAttribute,
    )
    .option('--memo <json>', `shown with the runs and never searched: ${JSON_FORMS}`)
    .option('--session <id>', 'conversation that the runs belong to')
    .option('--priority <number>', '1 (first) to 5; default: as the workflow says', wholeNumber(1, 5))
    .option('--fairness-key <key>', 'runs that wait take turns over these; default: as the workflow says')
    .addOption(new Option('--overlap <policy>', 'what to do while a run is open; default: skip').choices(OVERLAPS))
    .option('--catch-up <span>', 'make up for fire times up to this old; default: 10m')
    .option('--description <text>', 'for people');
}

/** The times that the options give, as the contract names them. */
export function timesOf(options: TimesOptions): JsonObject {
  const { cron, every, timeZone, jitter, from, until, skipDate, skipCron } = options;
  const skip: JsonObject = {
    ...(skipDate === undefined ? {} : { dates: skipDate.map(datesOf) }),
    ...(skipCron === undefined ? {} : { crons: [...skipCron] }),
  };
  return {
    ...(cron === undefined ? {} : { crons: [...cron] }),
    ...(every === undefined ? {} : { intervals: every.map(intervalOf) }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    ...(jitter === undefined ? {} : { jitter }),
    ...(from === undefined ? {} : { start_time: from }),
    ...(until === undefined ? {} : { end_time: until }),
    ...(Object.keys(skip).length === 0 ? {} : { skip }),
  };
}

/** `before` with what the options give in its place. */
export async function specWith(before: JsonObject, options: SpecOptions, host: Host): Promise<JsonObject> {
  const { input, label, attr, memo, session, priority, fairnessKey, overlap, catchUp, description } = options;
  const target = targetOf(options);
  const action = {
    ...(target === undefined
      ? objectIn(before, 'action')
      : { ...withoutTarget(objectIn(before, 'action')), ...target }),
    ...(input === undefined ? {} : { input: await readJson(input, '--input', host) }),
    ...(label === undefined ? {} : { labels: { ...label } }),
    ...(attr === undefined ? {} : { search_attributes: attributesOf(attr) }),
    ...(memo === undefined ? {} : { memo: await memoOf(memo, host) }),
    ...(session === undefined ? {} : { session_id: session }),
    ...(priority === undefined ? {} : { priority }),
    ...(fairnessKey === undefined ? {} : { fairness_key: fairnessKey }),
  };
  return {
    ...before,
    ...timesOf(options),
    ...(overlap === undefined ? {} : { overlap }),
    ...(catchUp === undefined ? {} : { catch_up_window: catchUp }),
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(action).length === 0 ? {} : { action }),
  };
}

function targetOf({ workflow, agent, model }: SpecOptions): JsonObject | undefined {
  const given = [workflow, agent, model].filter((it) => it !== undefined);
  if (given.length > 1) {
    throw invalidValue('--workflow', 'a schedule runs one thing', 'give one of --workflow, --agent and --model');
  }
  if (agent !== undefined) return { agent: { agent_id: agent } };
  if (model !== undefined) return { llm: { model } };
  if (workflow === undefined) return undefined;
  const [, id = workflow, version] = /^(.*):(\d+)$/.exec(workflow) ?? [];
  return { workflow: { workflow_id: id, ...(version === undefined ? {} : { version: Number(version) }) } };
}

function attributesOf(attributes: SearchAttributes): JsonObject {
  const entries = Object.entries(attributes).map(([name, value]) => [name, searchAttributeJson(value)] as const);
  // The same JSON by another name: the kernel's type forbids what no text can hold.
  return Object.fromEntries(entries) as JsonObject;
}

function withoutTarget({
  workflow: _workflow,
  agent: _agent,
  llm: _llm,
  tool: _tool,
  ...action
}: JsonObject): JsonObject {
  return action;
}

function intervalOf(text: string): JsonObject {
  const [every = '', offset] = text.split('+');
  return { every, ...(offset === undefined ? {} : { offset }) };
}

function datesOf(text: string): JsonObject {
  const [first = '', last] = text.split('..');
  return { first, ...(last === undefined ? {} : { last }) };
}

function objectIn(json: JsonObject, name: string): JsonObject {
  const value = json[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
