/**
 * What speaks the Docker Engine's API at a socket, for tests of an ordinary user. Its containers are processes of this machine
 * that are told the published port as their own; everything else is answered as an Engine does. The real one is in
 * test/privileged.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { freePort } from '@skein/testkit';

interface Spec {
  readonly Image: string;
  readonly Entrypoint: readonly [string];
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig: { readonly PortBindings: Readonly<Record<string, unknown>> };
}

/** A container of the fake. */
export interface FakeContainer {
  readonly id: string;
  readonly spec: Spec;
  child: ChildProcess | undefined;
  port: number;
  exitCode: number;
  oomKilled: boolean;
  /** Frames as they are sent, each with its stamp. */
  readonly log: { readonly stamp: string; readonly frame: Buffer }[];
}

export class FakeEngine implements AsyncDisposable {
  readonly socketPath: string;
  readonly containers = new Map<string, FakeContainer>();
  readonly images = new Set(['agent:1']);
  /** How often each image was asked to be pulled. */
  readonly pulls: string[] = [];
  /** The answer to the next creation of a container is lost, and the container there. */
  losesNextAnswer = false;
  minVersion = '1.12';
  readonly versions = new Set<string>();
  readonly #streams = new Set<ServerResponse>();
  #server: Server | undefined;
  #lastStamp = 0n;

  constructor(directory: string) {
    this.socketPath = join(directory, 'docker.sock');
  }

  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.listen(this.socketPath);
    await once(this.#server, 'listening');
  }

  /** Goes away in the middle of every answer; its containers go on. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    this.#streams.clear();
    await closed;
  }

  /** The only container that runs. */
  get running(): FakeContainer {
    const first = [...this.containers.values()].find(({ child }) => child !== undefined);
    if (first === undefined) throw new Error('no container runs');
    return first;
  }

  /** A container of somebody else, which does not run. */
  add(labels: Readonly<Record<string, string>>): string {
    const spec = { Image: 'x', Entrypoint: ['x'], Cmd: [], Env: [], HostConfig: { PortBindings: {} } } as const;
    return this.#create({ ...spec, Labels: labels }).id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    for (const { child } of this.containers.values()) child?.kill('SIGKILL');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://engine');
    const [, version = '', kind = '', ...rest] = url.pathname.split('/');
    if (version === 'version') return send(response, 200, { ApiVersion: '1.99', MinAPIVersion: this.minVersion });
    this.versions.add(version);
    const id = rest[0] ?? '';
    const query = url.searchParams;
    if (kind === 'events') return this.#stream(response);
    if (kind === 'images') return this.#image(rest.join('/').replace(/\/json$/, ''), query, response);
    if (id === 'json') return send(response, 200, this.#list(query));
    if (id === 'create') return this.#created((await json(request)) as Spec, response);
    const container = this.containers.get(id);
    if (container === undefined) return send(response, 404, { message: `No such container: ${id}` });
    const action = request.method === 'DELETE' ? 'remove' : rest[1];
    if (action === 'start') return this.#start(container, response);
    if (action === 'json') return send(response, 200, inspectionOf(container));
    if (action === 'logs') return sendLog(container, query.get('since') ?? '', response);
    if (action === 'kill' && container.child === undefined) {
      return send(response, 409, { message: 'is not running' });
    }
    container.child?.kill(action === 'remove' ? 'SIGKILL' : (query.get('signal') as NodeJS.Signals));
    if (action === 'remove') this.containers.delete(id);
    send(response, 204);
    if (action === 'remove') this.#tell(container, 'destroy');
  }

  #image(name: string, query: URLSearchParams, response: ServerResponse): void {
    if (name !== 'create')
      return send(response, this.images.has(name) ? 200 : 404, { message: `No such image: ${name}` });
    const asked = [query.get('fromImage'), query.get('tag')].filter((part) => part !== null).join(':');
    this.pulls.push(asked);
    // As the Engine does: the answer has begun when it fails.
    if (asked.startsWith('nowhere')) response.end('{"status":"Pulling"}\n{"error":"pull access denied"}\n');
    else {
      this.images.add(asked);
      response.end('{"status":"Pulling"}\n');
    }
  }

  #created(spec: Spec, response: ServerResponse): void {
    const { id } = this.#create(spec);
    if (this.losesNextAnswer) {
      this.losesNextAnswer = false;
      response.destroy();
    } else send(response, 201, { Id: id, Warnings: ['Your kernel does not support swap limit capabilities.'] });
  }

  #create(spec: Spec): FakeContainer {
    const id = randomBytes(32).toString('hex');
    const made = { id, spec, child: undefined, port: 0, exitCode: 0, oomKilled: false, log: [] };
    this.containers.set(id, made);
    return made;
  }

  async #start(container: FakeContainer, response: ServerResponse): Promise<void> {
    const { Entrypoint, Cmd, Env } = container.spec;
    container.port = await freePort();
    const env = Object.fromEntries(Env.map((pair) => pair.split('=', 2) as [string, string]));
    const child = spawn(Entrypoint[0], [...Cmd], { env: { ...env, PORT: String(container.port) } });
    container.child = child;
    for (const [stream, number] of [
      [child.stdout, 1],
      [child.stderr, 2],
    ] as const) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#log(container, number, text));
    }
    child.once('close', (code: number | null) => {
      container.child = undefined;
      container.exitCode = code ?? 137;
      for (const response_ of logReaders.get(container) ?? []) response_.end();
      this.#tell(container, 'die');
    });
    send(response, 204);
  }

  #log(container: FakeContainer, stream: number, text: string): void {
    for (const line of text.split(/(?<=\n)/)) {
      this.#lastStamp += 1n;
      const stamp = `2026-01-01T00:00:00.${String(this.#lastStamp).padStart(9, '0')}Z`;
      const body = Buffer.from(`${stamp} ${line}`);
      const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
      header.writeUInt32BE(body.length, 4);
      const frame = Buffer.concat([header, body]);
      container.log.push({ stamp, frame });
      for (const reader of logReaders.get(container) ?? []) reader.write(frame);
    }
  }

  #list(query: URLSearchParams): object[] {
    const { label } = JSON.parse(query.get('filters') ?? '{}') as { readonly label: readonly [string] };
    const all = [...this.containers.values()].filter(({ spec }) => label[0] in spec.Labels);
    return all.map(({ id, spec }) => ({ Id: id, Labels: spec.Labels }));
  }

  #stream(response: ServerResponse): void {
    this.#streams.add(response);
    response.once('close', () => this.#streams.delete(response));
    response.flushHeaders();
  }

  #tell({ id }: FakeContainer, Action: string): void {
    for (const stream of this.#streams) stream.write(`${JSON.stringify({ Action, Actor: { ID: id } })}\n`);
  }
}

const logReaders = new WeakMap<FakeContainer, Set<ServerResponse>>();

function sendLog(container: FakeContainer, since: string, response: ServerResponse): void {
  response.flushHeaders();
  const from = since === '' ? '' : since.split('.')[1];
  for (const { stamp, frame } of container.log) {
    if (from === undefined || from === '' || stamp.slice(20, 29) >= from) response.write(frame);
  }
  if (container.child === undefined) return void response.end();
  const readers = logReaders.get(container) ?? new Set();
  logReaders.set(container, readers.add(response));
  response.once('close', () => readers.delete(response));
}

function inspectionOf({ id, child, port, exitCode, oomKilled, spec }: FakeContainer): object {
  const isRunning = child !== undefined;
  const [exposed = ''] = Object.keys(spec.HostConfig.PortBindings);
  return {
    Id: id,
    State: { Running: isRunning, ExitCode: exitCode, OOMKilled: oomKilled, Error: '' },
    NetworkSettings: { Ports: isRunning ? { [exposed]: [{ HostPort: String(port) }] } : {} },
  };
}

function send(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body));
}
