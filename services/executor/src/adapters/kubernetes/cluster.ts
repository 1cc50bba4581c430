/**
 * The API of a Kubernetes cluster, as far as it is needed here.
 *
 * Owns how requests are made. Credentials and trust are those of a kubeconfig, which the official client reads and keeps fresh.
 */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { HttpMethod, KubeConfig, KubernetesObject } from '@kubernetes/client-node';
import { fetch, type Response } from 'undici';
import { FIELD_MANAGER } from './names.ts';

/** Kinds of objects that this executor makes or reads, and where they are. */
const KINDS = Object.freeze({
  Namespace: { group: 'api/v1', plural: 'namespaces', isNamespaced: false },
  ConfigMap: { group: 'api/v1', plural: 'configmaps', isNamespaced: true },
  Secret: { group: 'api/v1', plural: 'secrets', isNamespaced: true },
  Service: { group: 'api/v1', plural: 'services', isNamespaced: true },
  Pod: { group: 'api/v1', plural: 'pods', isNamespaced: true },
  Deployment: { group: 'apis/apps/v1', plural: 'deployments', isNamespaced: true },
  NetworkPolicy: { group: 'apis/networking.k8s.io/v1', plural: 'networkpolicies', isNamespaced: true },
  HorizontalPodAutoscaler: { group: 'apis/autoscaling/v2', plural: 'horizontalpodautoscalers', isNamespaced: true },
});
export type Kind = keyof typeof KINDS;

/** Objects of one kind, as of one moment. */
export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** One change that a watch tells. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

/** The API answered with an error. */
export class ClusterError extends Error {
  /** 410: what was asked for is too old, and is to be read again as a whole. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ClusterError';
    this.status = status;
  }
}

const TIMEOUT_MS = 30_000;
/** A watch that is silent for longer is made again; bookmarks come about once a minute. */
const WATCH_SECONDS = 240;

export class Cluster {
  readonly #config: KubeConfig;
  readonly #contextOf: (url: string, method: HttpMethod) => RequestAuth;
  readonly #over: readonly AbortSignal[];

  constructor(
    config: KubeConfig,
    contextOf: (url: string, method: HttpMethod) => RequestAuth,
    over: readonly AbortSignal[] = [],
  ) {
    this.#config = config;
    this.#contextOf = contextOf;
    this.#over = over;
  }

  /** The same, for as long as `signal` has not fired. */
  within(signal: AbortSignal): Cluster {
    return new Cluster(this.#config, this.#contextOf, [...this.#over, signal]);
  }

  /** Server-side apply: what is given is so, what was given before and is not any more goes, what others set stays. */
  async apply<T extends KubernetesObject>(object: T): Promise<T> {
    const { kind = '', metadata } = object;
    const path = pathOf(kind as Kind, metadata?.namespace, metadata?.name);
    const query = { fieldManager: FIELD_MANAGER, force: 'true' };
    const body = JSON.stringify(object);
    return json<T>(await this.#request('PATCH', path, query, body, AbortSignal.timeout(TIMEOUT_MS)));
  }

  async list<T>(kind: Kind, namespace: string, labelSelector: string): Promise<ObjectList<T>> {
    const response = await this.#request('GET', pathOf(kind, namespace), { labelSelector });
    const { items, metadata } = await json<{ items: T[]; metadata?: { resourceVersion?: string } }>(response);
    return { items, resourceVersion: metadata?.resourceVersion ?? '' };
  }

  /** What is not there is fine. */
  async remove(kind: Kind, namespace: string, name: string): Promise<void> {
    const query = { propagationPolicy: 'Background' };
    try {
      await json(await this.#request('DELETE', pathOf(kind, namespace, name), query));
    } catch (error) {
      if (!(error instanceof ClusterError) || error.status !== 404) throw error;
    }
  }

  /** Changes since a version, until the server ends it or `signal` fires. @throws ClusterError 410 when that is too long ago. */
  async *watch<T>(
    kind: Kind,
    namespace: string,
    { labelSelector, resourceVersion }: { readonly labelSelector: string; readonly resourceVersion: string },
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
      labelSelector,
      resourceVersion,
    };
    const over = AbortSignal.any([signal, AbortSignal.timeout(WATCH_SECONDS * 1000 + TIMEOUT_MS)]);
    const response = await this.#request('GET', pathOf(kind, namespace), query, undefined, over);
    if (!response.ok) await json(response);
    if (response.body === null) return;
    for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
      const event = JSON.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: { code?: number; message?: string } };
      if (event.type === 'ERROR')
        throw new ClusterError(event.object.code ?? 0, event.object.message ?? 'the watch failed');
      yield event;
    }
  }

  async #request(
    method: HttpMethod,
    path: string,
    query: Readonly<Record<string, string>>,
    body?: string,
    signal: AbortSignal = AbortSignal.timeout(TIMEOUT_MS),
  ): Promise<Response> {
    const server = this.#config.getCurrentCluster()?.server;
    if (server === undefined) throw new Error('the kubeconfig names no cluster');
    const url = new URL(`${server.replace(/\/+$/, '')}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const auth = this.#contextOf(url.href, method);
    await this.#config.applySecurityAuthentication(auth as never);
    const type = body === undefined ? {} : { 'content-type': 'application/apply-patch+yaml' };
    const dispatcher = auth.getDispatcher();
    return fetch(url, {
      method,
      headers: { accept: 'application/json', ...type, ...auth.getHeaders() },
      signal: AbortSignal.any([signal, ...this.#over]),
      ...(body === undefined ? {} : { body }),
      ...(dispatcher === undefined ? {} : { dispatcher: dispatcher as never }),
    });
  }
}

/** What the client's authentication writes to. */
export interface RequestAuth {
  getHeaders(): Record<string, string>;
  getDispatcher(): unknown;
}

/** Undefined: that of the pod which this process runs in. @throws Error when there is none. */
export async function connectCluster(kubeconfig: string | undefined): Promise<Cluster> {
  // A large library, loaded where it is needed.
  const { KubeConfig, RequestContext } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(kubeconfig);
  return new Cluster(config, (url, method) => new RequestContext(url, method));
}

function pathOf(kind: Kind, namespace: string | undefined, name?: string): string {
  const { group, plural, isNamespaced } = KINDS[kind];
  const parts = isNamespaced ? [group, 'namespaces', namespace ?? '', plural] : [group, plural];
  return [...parts, ...(name === undefined ? [] : [name])].join('/');
}

/** @throws ClusterError for anything but a success. */
async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw new ClusterError(response.status, messageIn(text) ?? `Kubernetes answered with ${response.status}`);
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: string };
    return message;
  } catch {
    return undefined;
  }
}
