/** The platform's API, over its public contract: thin, typed, and with one error. */
import { isMessage, type JsonObject, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { createClient, type Client } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { EventService } from '../gen/skein/eventlog/v1/event_service_pb.ts';
import { LlmService, type CompleteRequest } from '../gen/skein/llm/v1/llm_service_pb.ts';
import { AgentRegistryService } from '../gen/skein/registry/v1/agent_registry_service_pb.ts';
import { ApprovalService } from '../gen/skein/scheduler/v1/approval_service_pb.ts';
import { LimitService } from '../gen/skein/scheduler/v1/limit_service_pb.ts';
import { RunService } from '../gen/skein/scheduler/v1/run_service_pb.ts';
import { ScheduleService } from '../gen/skein/scheduler/v1/schedule_service_pb.ts';
import { WorkflowService, type ApplyWorkflowRequestSchema } from '../gen/skein/scheduler/v1/workflow_service_pb.ts';
import { WorkflowDefinitionSchema, type WorkflowDefinition } from '../gen/skein/workflow/v1/workflow_definition_pb.ts';
import type { CompletionSpecSchema } from '../gen/skein/llm/v1/llm_service_pb.ts';
import { once, repeatable } from './retry.ts';
import { outputOf } from './run-view.ts';
import { Runs, type AwaitOptions } from './runs.ts';
import type { StartOptions } from './start-request.ts';

/** Which platform, and whose. */
export interface SkeinOptions {
  /** Base URL of the API. Default: `http://127.0.0.1:8080`. */
  readonly api?: string;
  /** Default: `default`. */
  readonly namespace?: string;
  /** Sent with every call, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How an agent, or a workflow, is called. */
export type CallOptions = Omit<StartOptions, 'input'> & AwaitOptions;

/** The generated clients, for everything that the SDK has no word of its own for. They throw ConnectErrors. */
export interface Clients {
  readonly runs: Client<typeof RunService>;
  readonly workflows: Client<typeof WorkflowService>;
  readonly schedules: Client<typeof ScheduleService>;
  readonly approvals: Client<typeof ApprovalService>;
  readonly limits: Client<typeof LimitService>;
  readonly agents: Client<typeof AgentRegistryService>;
  readonly events: Client<typeof EventService>;
  readonly llm: Client<typeof LlmService>;
}

/** A client of one platform in one namespace. It holds nothing that must be closed. */
export class Skein {
  readonly namespace: string;
  readonly runs: Runs;
  readonly clients: Clients;

  constructor({ api = 'http://127.0.0.1:8080', namespace = 'default', headers = {} }: SkeinOptions = {}) {
    this.namespace = namespace;
    this.clients = clientsOf(api, headers);
    this.runs = new Runs(namespace, this.clients.runs, this.clients.events);
  }

  readonly workflows = {
    /** Stores a definition: YAML or JSON text, an object, or a message. Answers the version that now is the latest. */
    apply: async (
      definition: string | JsonObject | WorkflowDefinition,
    ): Promise<{ workflowId: string; version: number; created: boolean }> => {
      const request = { namespace: this.namespace, definition: sourceOf(definition) };
      const answer = await repeatable(() => this.clients.workflows.applyWorkflow(request));
      const { workflowId = '', version = 0 } = answer.workflow ?? {};
      return { workflowId, version, created: answer.created };
    },

    /** Runs a stored workflow to its end; answers its output. Throws why it did not end well. */
    run: async (workflow: string, input: JsonValue, options: CallOptions = {}): Promise<JsonValue> =>
      this.#call({ workflow, ...options, input }, options),
  };

  readonly agents = {
    /** Calls a registered agent, durably, and answers its output. Throws why there is none. */
    invoke: async (
      agent: string,
      input: JsonValue,
      options: CallOptions & { readonly skill?: string; readonly config?: JsonObject } = {},
    ): Promise<JsonValue> => this.#call({ agent, ...options, input }, options),
  };

  readonly llm = {
    /** Asks a model. With an idempotency key the same question is asked once. */
    complete: async (spec: MessageInitShape<typeof CompletionSpecSchema>, idempotencyKey = '') => {
      const request = { namespace: this.namespace, spec, idempotencyKey } satisfies Partial<
        Record<keyof CompleteRequest, unknown>
      >;
      const call = () => this.clients.llm.complete(request);
      return (await (idempotencyKey === '' ? once(call) : repeatable(call))).completion;
    },
  };

  async #call(start: Parameters<Runs['start']>[0], options: AwaitOptions): Promise<JsonValue> {
    const run = await this.runs.start(start);
    return outputOf(run.hasEnded ? run : await this.runs.await(run.runId, options));
  }
}

function sourceOf(
  definition: string | JsonObject | WorkflowDefinition,
): NonNullable<MessageInitShape<typeof ApplyWorkflowRequestSchema>['definition']> {
  if (typeof definition === 'string') return { case: 'source', value: definition };
  if (isMessage(definition, WorkflowDefinitionSchema)) return { case: 'typed', value: definition };
  return { case: 'object', value: definition };
}

function clientsOf(api: string, headers: Readonly<Record<string, string>>): Clients {
  const transport = createConnectTransport({
    baseUrl: api,
    httpVersion: '1.1',
    interceptors: [
      (next) => (request) => {
        for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
        return next(request);
      },
    ],
  });
  return {
    runs: createClient(RunService, transport),
    workflows: createClient(WorkflowService, transport),
    schedules: createClient(ScheduleService, transport),
    approvals: createClient(ApprovalService, transport),
    limits: createClient(LimitService, transport),
    agents: createClient(AgentRegistryService, transport),
    events: createClient(EventService, transport),
    llm: createClient(LlmService, transport),
  };
}
