/**
 * A gRPC agent, as the rules see it.
 *
 * Owns one channel to the agent, and the input that it is asked with.
 */
import { randomUUID } from 'node:crypto';
import { create, fromJson, toJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient, type Client } from '@connectrpc/connect';
import {
  AgentService,
  InvokeRequestSchema,
  type AgentCard,
  type InvokeRequest,
  type InvokeResponse,
} from '@skein/contracts/agent';
import { Health } from '@skein/contracts/grpc';
import { grpcTransport } from '@skein/rpc';
import { fittingInput } from '../sample-input.ts';

/** What the author says about an agent. */
export interface GrpcSubjectOptions {
  /** `host:port`. */
  readonly address: string;
  /** An input that the agent takes. Default: one made of the schema of its first skill, else a text. */
  readonly input?: JsonValue;
  /** An input that takes it longer than two seconds, to see it being stopped. Default: that is not looked at. */
  readonly slowInput?: JsonValue;
  /** Whether it says that it remembers idempotency keys. */
  readonly isIdempotent?: boolean;
}

/** How a call went. */
export interface Answer {
  readonly events: readonly InvokeResponse['event'][];
  /** Undefined: it ended with OK. */
  readonly error: ConnectError | undefined;
  readonly durationMs: number;
}

/** How a call is made. */
interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Fields that the contract has not. */
  readonly unknown?: InvokeRequest['$unknown'];
}

type Request = Exclude<MessageInitShape<typeof InvokeRequestSchema>, { $typeName: string }>;

/** Longest time that an ordinary call may take, in milliseconds. */
const CALL_TIMEOUT_MS = 30_000;

export class GrpcSubject implements Disposable {
  readonly options: GrpcSubjectOptions;
  readonly agent: Client<typeof AgentService>;
  readonly health: Client<typeof Health>;
  readonly #transport;

  constructor(options: GrpcSubjectOptions) {
    this.options = options;
    // As the platform does: servers as they come cut off clients that ping often.
    const channel = { 'grpc.keepalive_time_ms': 360_000, 'grpc.keepalive_permit_without_calls': 0 };
    this.#transport = grpcTransport({ address: options.address, channel });
    this.agent = createClient(AgentService, this.#transport);
    this.health = createClient(Health, this.#transport);
  }

  async card(): Promise<AgentCard | undefined> {
    return (await this.agent.getCard({}, { timeoutMs: CALL_TIMEOUT_MS })).card;
  }

  /** An input that the agent should take. */
  async input(): Promise<JsonValue> {
    if (this.options.input !== undefined) return this.options.input;
    const schema = (await this.card())?.skills[0]?.inputSchema;
    return (schema === undefined ? undefined : fittingInput(schema)) ?? 'hello';
  }

  /** Asks with the ordinary input, unless the request has another. */
  async ask(request: Request = {}, options: CallOptions = {}): Promise<Answer> {
    return this.call(
      request.input === undefined ? { ...request, input: valueOf(await this.input()) } : request,
      options,
    );
  }

  /** Makes a call, and waits for its end. */
  async call(request: Request, options: CallOptions = {}): Promise<Answer> {
    const startedAt = performance.now();
    const events: InvokeResponse['event'][] = [];
    const whole = create(InvokeRequestSchema, { ...identity(), ...request });
    const { unknown, ...callOptions } = options;
    if (unknown !== undefined) whole.$unknown = unknown;
    let error: ConnectError | undefined;
    try {
      const call = this.agent.invoke(whole, { timeoutMs: CALL_TIMEOUT_MS, ...callOptions });
      for await (const { event } of call) events.push(event);
    } catch (thrown) {
      error = ConnectError.from(thrown);
    }
    return { events, error, durationMs: performance.now() - startedAt };
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}

function identity(): Request {
  const id = randomUUID();
  const names = { namespace: 'conformance', runId: id, nodeId: 'node' };
  return { ...names, taskId: `${id}/node/1/1`, idempotencyKey: `${id}/node/1`, attempt: 1, dispatch: 1 };
}

export const valueOf = (input: JsonValue) => fromJson(ValueSchema, input);

/** In words, for a report. */
export function describeAnswer({ events, error }: Answer): string {
  const last = events.at(-1);
  const ending = error === undefined ? 'ended with OK' : `ended with ${Code[error.code]}: ${error.rawMessage}`;
  if (last?.case === 'error') return `error ${last.value.code}, retryable ${last.value.retryable}, and ${ending}`;
  if (last?.case === 'result') return `result ${outputText(last.value.output)}, and ${ending}`;
  return `${events.length} events (the last: ${last?.case ?? 'none'}), and ${ending}`;
}

export function outputText(output: Parameters<typeof toJson<typeof ValueSchema>>[1] | undefined): string {
  const text = JSON.stringify(output === undefined ? null : toJson(ValueSchema, output));
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
