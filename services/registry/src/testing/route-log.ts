import type { Client } from '@connectrpc/connect';
import type { Agent, AgentRegistryService, InstanceLoad } from '@skein/contracts/registry';
import { eventually } from '@skein/testkit';

/** Everything a watcher of routes was told. */
export class RouteLog implements Disposable {
  /** `+agent_id`, `-agent_id` and `synced`, in order. */
  readonly news: string[] = [];
  readonly agents = new Map<string, Agent>();
  /** By instance id, as last told. */
  readonly loads = new Map<string, InstanceLoad>();
  /** The error that ended the stream. */
  error: unknown;
  readonly #over = new AbortController();

  constructor(client: Client<typeof AgentRegistryService>, request: { readonly policiesOnly?: boolean } = {}) {
    void this.#read(client, request);
  }

  /** Waits until the log holds what is looked for. */
  until(predicate: (log: RouteLog) => boolean): Promise<boolean> {
    return eventually(() => predicate(this), {
      describe: `routes: ${predicate.toString()}; told ${this.news.join(' ')}`,
    });
  }

  get synced(): Promise<boolean> {
    return this.until(({ news }) => news.includes('synced'));
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }

  async #read(
    client: Client<typeof AgentRegistryService>,
    request: { readonly policiesOnly?: boolean },
  ): Promise<void> {
    try {
      for await (const { change } of client.watchRoutes(request, { signal: this.#over.signal })) {
        switch (change.case) {
          case 'upserted':
            this.news.push(`+${change.value.agentId}`);
            this.agents.set(change.value.agentId, change.value);
            break;
          case 'removed':
            this.news.push(`-${change.value.agentId}`);
            this.agents.delete(change.value.agentId);
            break;
          case 'loads':
            for (const [id, load] of Object.entries(change.value.loads)) this.loads.set(id, load);
            break;
          default:
            this.news.push(change.case ?? 'nothing');
        }
      }
    } catch (error) {
      this.error = error;
    }
  }
}
