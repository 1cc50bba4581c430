/**
 * The API of a Kubernetes cluster over real HTTP: server-side apply with field managers, lists, deletes and watches with resource
 * versions. What is applied is held against the published models. Pods are what a test makes them.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { schemaFaults } from './kubernetes-schema.ts';

type Json = Record<string, unknown>;

/** An object as it is stored. */
export interface StoredObject extends Json {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredObject;
}

const MODELS: Readonly<Record<string, string>> = {
  namespaces: 'V1Namespace',
  configmaps: 'V1ConfigMap',
  secrets: 'V1Secret',
  services: 'V1Service',
  pods: 'V1Pod',
  deployments: 'V1Deployment',
  networkpolicies: 'V1NetworkPolicy',
  horizontalpodautoscalers: 'V2HorizontalPodAutoscaler',
};
const PATH =
  /^\/(?:api\/v1|apis\/(?<group>[a-z.0-9]+)\/(?<version>v\d))(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[a-z]+)(?:\/(?<name>[^/]+))?$/;
const NAMESPACES = /^\/api\/v1\/namespaces\/(?<name>[^/]+)$/;

export class FakeKubernetes implements AsyncDisposable {
  /** By `plural/namespace/name`. */
  readonly objects = new Map<string, StoredObject>();
  /** Every request: `PATCH deployments/x`. */
  readonly requests: string[] = [];
  /** Faults of what was applied. */
  readonly faults: string[] = [];
  /** What every apply is answered with; undefined: it works. */
  refusal: { readonly status: number; readonly message: string } | undefined;
  /** Watches that were answered with 410. */
  toldTooOld = 0;
  /** Leaf paths by owner, of each object. */
  readonly #owned = new Map<string, Map<string, Set<string>>>();
  readonly #changes: Change[] = [];
  readonly #watches = new Set<() => void>();
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  #version = 100;
  /** Changes up to this version are forgotten. */
  #forgotten = 0;
  #uids = 0;

  static async start(): Promise<FakeKubernetes> {
    const fake = new FakeKubernetes();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  /** Writes a kubeconfig for it. */
  async writeConfig(path: string): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'fake',
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
      clusters: [{ name: 'fake', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'fake', user: { token: 'let-me-in' } }],
    };
    await writeFile(path, JSON.stringify(config));
  }

  /** The objects of a kind. */
  of(plural: string): readonly StoredObject[] {
    return [...this.objects].filter(([key]) => key.startsWith(`${plural}/`)).map(([, object]) => object);
  }

  /** Puts an object there as something of the cluster does. */
  put(plural: string, namespace: string, name: string, body: Json): StoredObject {
    const key = `${plural}/${namespace}/${name}`;
    const before = this.objects.get(key);
    const version = (this.#version += 1);
    const isChanged = JSON.stringify(before?.['spec']) !== JSON.stringify(body['spec']);
    const given = (body['metadata'] ?? {}) as Json;
    const object = {
      ...body,
      kind: (MODELS[plural] ?? '').slice(2),
      metadata: {
        labels: {},
        ...given,
        name,
        namespace,
        uid: before?.metadata.uid ?? `uid-${(this.#uids += 1)}`,
        resourceVersion: String(version),
        generation: (before?.metadata.generation ?? 0) + (isChanged ? 1 : 0),
      },
    };
    this.objects.set(key, object);
    this.#tell({ version, type: before === undefined ? 'ADDED' : 'MODIFIED', object });
    return object;
  }

  delete(plural: string, namespace: string, name: string): boolean {
    const key = `${plural}/${namespace}/${name}`;
    const object = this.objects.get(key);
    this.objects.delete(key);
    this.#owned.delete(key);
    if (object !== undefined) this.#tell({ version: (this.#version += 1), type: 'DELETED', object });
    return object !== undefined;
  }

  /** Forgets what has changed so far, and ends all watches: whoever asks for changes since then is told 410. */
  compact(): void {
    this.#forgotten = this.#version += 1;
    this.#changes.length = 0;
    this.breakWatches();
  }

  breakWatches(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #tell(change: Change): void {
    this.#changes.push(change);
    for (const wake of this.#watches) wake();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://fake');
    const match = NAMESPACES.exec(url.pathname) ?? PATH.exec(url.pathname);
    const { namespace = '', plural = 'namespaces', name = '' } = match?.groups ?? {};
    if (request.headers.authorization !== 'Bearer let-me-in') return answer(response, 401, { message: 'who are you?' });
    if (match === null || MODELS[plural] === undefined) return answer(response, 404, { message: url.pathname });
    if (url.searchParams.get('watch') === null) this.requests.push(`${request.method} ${plural}/${name}`);
    const selector = url.searchParams.get('labelSelector') ?? '';
    switch (request.method) {
      case 'PATCH':
        return this.#apply(request, response, {
          plural,
          namespace,
          name,
          manager: url.searchParams.get('fieldManager') ?? '',
        });
      case 'DELETE':
        if (!this.delete(plural, namespace, name)) return answer(response, 404, { message: 'not found' });
        return answer(response, 200, { kind: 'Status', status: 'Success' });
      case 'GET':
        if (url.searchParams.get('watch') === 'true') {
          const since = Number(url.searchParams.get('resourceVersion'));
          return this.#watch(response, { plural, namespace, selector, since });
        }
        return answer(response, 200, {
          metadata: { resourceVersion: String(this.#version) },
          items: this.of(plural).filter((object) => object.metadata.namespace === namespace && fits(object, selector)),
        });
      default:
        return answer(response, 405, { message: 'not here' });
    }
  }

  async #apply(
    request: IncomingMessage,
    response: ServerResponse,
    { plural, namespace, name, manager }: Readonly<Record<'plural' | 'namespace' | 'name' | 'manager', string>>,
  ): Promise<void> {
    const given = JSON.parse(await text(request)) as Json;
    if (this.refusal !== undefined) return answer(response, this.refusal.status, { message: this.refusal.message });
    if (request.headers['content-type'] !== 'application/apply-patch+yaml' || manager === '') {
      return answer(response, 415, { message: 'server-side apply takes a field manager and its own content type' });
    }
    const faults = schemaFaults(given, MODELS[plural] ?? '', plural);
    this.faults.push(...faults);
    if (faults.length > 0) return answer(response, 400, { message: faults.join('; ') });
    const key = `${plural}/${namespace}/${name}`;
    const owners = this.#owned.get(key) ?? new Map<string, Set<string>>();
    const paths = new Set(leaves(given));
    const others = new Set([...owners].flatMap(([owner, owned]) => (owner === manager ? [] : [...owned])));
    const object = structuredClone(this.objects.get(key) ?? {}) as Json;
    for (const path of owners.get(manager) ?? []) if (!paths.has(path) && !others.has(path)) remove(object, path);
    merge(object, given);
    this.#owned.set(key, owners.set(manager, paths));
    const isNew = !this.objects.has(key);
    const before = JSON.stringify(this.objects.get(key));
    // What changes nothing gets no new version.
    const stored =
      JSON.stringify(object) === before ? this.objects.get(key) : this.put(plural, namespace, name, object);
    answer(response, isNew ? 201 : 200, { ...stored });
  }

  #watch(
    response: ServerResponse,
    about: { readonly plural: string; readonly namespace: string; readonly selector: string; readonly since: number },
  ): void {
    const { plural, namespace, selector, since } = about;
    response.writeHead(200, { 'content-type': 'application/json' });
    if (since < this.#forgotten) {
      this.toldTooOld += 1;
      response.end(
        `${JSON.stringify({ type: 'ERROR', object: { code: 410, message: 'too old resource version' } })}\n`,
      );
      return;
    }
    let told = since;
    const send = () => {
      for (const { version, type, object } of this.#changes) {
        if (version <= told) continue;
        told = version;
        const isOurs = object.kind === (MODELS[plural] ?? '').slice(2) && object.metadata.namespace === namespace;
        const news = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
        if (isOurs && fits(object, selector)) response.write(`${JSON.stringify({ type, object: news })}\n`);
      }
    };
    const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#version) } } };
    response.write(`${JSON.stringify(bookmark)}\n`);
    send();
    this.#watches.add(send);
    response.on('close', () => this.#watches.delete(send));
  }
}

function fits({ metadata }: StoredObject, selector: string): boolean {
  return selector.split(',').every((term) => {
    const [name = '', value] = term.split('=');
    return term === '' || metadata.labels[name] === value;
  });
}

/** Paths of what has no members; lists are one. */
function leaves(value: Json, at: readonly string[] = []): string[] {
  return Object.entries(value).flatMap(([name, each]) => {
    const path = [...at, name];
    const isObject = typeof each === 'object' && each !== null && !Array.isArray(each);
    return isObject ? leaves(each as Json, path) : [JSON.stringify(path)];
  });
}

function remove(object: Json, path: string): void {
  const parts = JSON.parse(path) as string[];
  const last = parts.pop() ?? '';
  let place: Json | undefined = object;
  for (const part of parts) place = place?.[part] as Json | undefined;
  if (place !== undefined) delete place[last];
}

function merge(object: Json, given: Json): void {
  for (const [name, each] of Object.entries(given)) {
    const isObject = typeof each === 'object' && each !== null && !Array.isArray(each);
    if (!isObject) object[name] = each;
    else merge((object[name] ??= {}) as Json, each as Json);
  }
}

function answer(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
