/** Calls a method of an rpc service for a task. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { RpcCall } from '@skein/contracts/scheduler';
import { isJsonObject } from '../domain/json-object.ts';
import { parseJsonText } from '../domain/json-text.ts';
import { outputText } from '../domain/output-limit.ts';
import type { CallContext } from './call-context.ts';
import type { RegisteredService, RpcPort, ServiceDirectory } from './rpc-port.ts';

/** What calling rpc services takes. */
export interface RpcTasksOptions {
  readonly services: ServiceDirectory;
  readonly port: RpcPort;
}

/** What is called, whoever asks for it: a node of its own, or a tool. */
export interface RpcTarget {
  readonly serviceId: string;
  readonly method: string;
  readonly message: JsonValue;
  readonly metadata: JsonObject;
  /** For failures: where the message is from. */
  readonly place: string;
}

export class RpcTasks {
  readonly #options: RpcTasksOptions;
  #calls = 0;

  constructor(options: RpcTasksOptions) {
    this.#options = options;
  }

  /**
   * Makes the call of an rpc node; answers the response as JSON text.
   * @throws CallError for everything that can go wrong.
   */
  async call({ serviceId, method }: RpcCall, context: CallContext): Promise<Uint8Array> {
    const { task } = context;
    const input = parseJsonText(task.input?.json ?? new Uint8Array());
    const { message = {}, metadata } = isJsonObject(input) ? input : {};
    const place = `nodes.${task.ref?.nodeId ?? ''}.input`;
    const target = { serviceId, method, message, metadata: isJsonObject(metadata) ? metadata : {}, place };
    return outputText(await this.callTarget(target, context), `rpc service ${serviceId}`);
  }

  /** The same for whatever else leads to a method; answers the JSON form of the response. */
  async callTarget(target: RpcTarget, context: CallContext): Promise<JsonValue> {
    const { services, port } = this.#options;
    const { task, clock, progress, traceparent } = context;
    const service = await services.find(task.namespace, target.serviceId, clock.signal);
    const address = this.#choose(service);
    const request = {
      ...target,
      service,
      address,
      timeoutMs: clock.remainingMs,
      idempotencyKey: task.idempotencyKey,
      runId: task.ref?.runId ?? '',
      traceparent,
    };
    return await port.call(request, () => progress.begin(address, ''), clock.signal);
  }

  /** Addresses take turns, so that another attempt asks another server. */
  #choose({ addresses }: RegisteredService): string {
    this.#calls += 1;
    return addresses[this.#calls % addresses.length] ?? '';
  }
}
