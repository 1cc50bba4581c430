import { randomUUID } from 'node:crypto';
import { create, fromJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { StartRunRequestSchema, type StartRunRequest } from '../gen/skein/scheduler/v1/run_service_pb.ts';

/** What a run of anything may be given. */
export interface StartOptions {
  /** Any JSON value. Default: an empty object. */
  readonly input?: JsonValue;
  /** The same id again, within 24 hours, is the same run. Default: a random one, so that a lost answer starts nothing twice. */
  readonly requestId?: string;
  /** The conversation that the run belongs to. */
  readonly sessionId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Free-form, shown and never searched. */
  readonly memo?: JsonObject;
  /** 1 (first) to 5. Default: the definition's. */
  readonly priority?: number;
  /** `runToken` of the call that an agent works on: the run is a child of the call's run, and ends with its node at the latest. */
  readonly runToken?: string;
}

/** What to run: one of them. */
export type RunTarget =
  | { readonly workflow: string; /** Default: the latest. */ readonly version?: number }
  | { readonly agent: string; readonly skill?: string; readonly config?: JsonObject }
  | { readonly llm: string };

export function startRequest(namespace: string, start: RunTarget & StartOptions): StartRunRequest {
  const { input, requestId = randomUUID(), sessionId = '', labels = {}, memo, priority = 0, runToken = '' } = start;
  return create(StartRunRequestSchema, {
    namespace,
    target: targetOf(start),
    requestId,
    sessionId,
    labels: { ...labels },
    priority,
    runToken,
    ...(input === undefined ? {} : { input: fromJson(ValueSchema, input) }),
    ...(memo === undefined ? {} : { memo }),
  });
}

function targetOf(target: RunTarget) {
  if ('workflow' in target) {
    const { workflow, version = 0 } = target;
    return { case: 'workflow', value: { workflowId: workflow, version } } as const;
  }
  if ('llm' in target) return { case: 'llm', value: { model: target.llm } } as const;
  const { agent, skill = '', config } = target;
  const value = { agentId: agent, skillId: skill, ...(config === undefined ? {} : { config }) };
  return { case: 'agent', value } as const;
}
