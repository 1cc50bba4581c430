/** What the runtime asks of the Docker Engine, in its words. */
import { EngineClient, EngineError, objectsIn } from './engine-client.ts';

/** A container as it is asked for; what is left out is as the Engine has it. */
export interface ContainerSpec {
  readonly Image: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

/** What an inspection tells, as far as it is read. */
export interface Inspection {
  readonly Id: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
  };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>>;
  };
}

/** One of a list. */
export interface ListedContainer {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Something happened to a container. */
export interface EngineEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string };
}

/** Which labels are asked for: `name`, or `name=value`. */
type LabelFilter = string;

export class Engine implements AsyncDisposable {
  readonly #client: EngineClient;

  constructor(socketPath: string) {
    this.#client = new EngineClient(socketPath);
  }

  async hasImage(image: string): Promise<boolean> {
    return (await this.#found(this.#client.call({ path: `/images/${image}/json` }))) !== undefined;
  }

  /** @throws EngineError where it cannot be had. */
  async pull(image: string, signal: AbortSignal): Promise<void> {
    const asked = { method: 'POST', path: '/images/create', query: pullQuery(image), signal } as const;
    for await (const { error } of objectsIn<{ readonly error?: string }>(await this.#client.open(asked))) {
      // The answer has begun with 200 by then.
      if (error !== undefined) throw new EngineError(500, error);
    }
  }

  /** The id of the container, and what the Engine cannot do of what was asked. */
  async create(name: string, body: ContainerSpec): Promise<{ readonly id: string; readonly warnings: string }> {
    const { Id: id, Warnings } = await this.#client.call<{ Id: string; Warnings: readonly string[] | null }>({
      method: 'POST',
      path: '/containers/create',
      query: { name },
      body,
    });
    return { id, warnings: (Warnings ?? []).join('; ') };
  }

  start(id: string): Promise<void> {
    return this.#client.call({ method: 'POST', path: `/containers/${id}/start` });
  }

  /** Undefined: it is gone. */
  inspect(id: string): Promise<Inspection | undefined> {
    return this.#found(this.#client.call<Inspection>({ path: `/containers/${id}/json` }));
  }

  /** What has ended, or is gone, is left alone. */
  async kill(id: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#found(this.#client.call({ method: 'POST', path: `/containers/${id}/kill`, query: { signal } }));
  }

  /** Ends it and removes it with its volumes. What is gone, or on its way, is left alone. */
  async remove(id: string): Promise<void> {
    const query = { force: 'true', v: 'true' };
    await this.#found(this.#client.call({ method: 'DELETE', path: `/containers/${id}`, query }));
  }

  /** Those with the label, whether they run or not. */
  list(label: LabelFilter): Promise<readonly ListedContainer[]> {
    const query = { all: 'true', filters: JSON.stringify({ label: [label] }) };
    return this.#client.call({ path: '/containers/json', query });
  }

  /** The ends of containers with the label. Once this resolves none is missed. */
  async events(label: LabelFilter, signal: AbortSignal): Promise<AsyncGenerator<EngineEvent, void>> {
    const filters = JSON.stringify({ type: ['container'], event: ['die', 'destroy'], label: [label] });
    return objectsIn<EngineEvent>(await this.#client.open({ path: '/events', query: { filters }, signal }));
  }

  /** What a container writes from `since` on, a time in seconds or empty, until it ends: frames (log-frames.ts). */
  logs(id: string, since: string, signal: AbortSignal): Promise<AsyncGenerator<Buffer, void>> {
    const query = { follow: 'true', stdout: 'true', stderr: 'true', timestamps: 'true', ...(since && { since }) };
    return this.#client.open({ path: `/containers/${id}/logs`, query, signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }

  /** Undefined: there is no such thing, or it is not in the state for it. */
  async #found<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof EngineError && (error.status === 404 || error.status === 409)) return undefined;
      throw error;
    }
  }
}

/** Without a tag the Engine would fetch every one. */
export function pullQuery(image: string): Record<string, string> {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return image.includes('@') || name.includes(':') ? { fromImage: image } : { fromImage: image, tag: 'latest' };
}
