/**
 * The methods of rpc services, by the descriptors that were uploaded or that their servers tell of.
 *
 * Owns the descriptors read so far. Does not own where services are.
 *
 * M1. Uploaded descriptors hold until others are uploaded; reflected ones until a method is asked for that they lack:
 *     then the server is asked again, at most once a second.
 * M2. Whoever needs the same descriptors shares one reading; one that fails is not kept.
 * M3. At most MAX_SERVICES are kept, those used last.
 */
import type { DescMethod, DescMethodUnary, FileRegistry } from '@bufbuild/protobuf';
import { findMethod, methodName, methodsOf } from '@skein/rpc';
import type { RegisteredService } from '../../app/rpc-port.ts';
import { lasting } from '../../domain/call-failure.ts';

const MAX_SERVICES = 256;
const REFRESH_MS = 1000;
/** Methods that a failure names. */
const MAX_NAMED = 20;

/** Reads the descriptors of a service. @throws CallError */
export type ReadDescriptors = (service: RegisteredService, signal: AbortSignal) => Promise<FileRegistry>;

/** A method and the types that its messages may hold. */
export interface KnownMethod {
  readonly method: DescMethodUnary;
  readonly registry: FileRegistry;
}

interface Entry {
  /** What the descriptors are of: other ones are needed when this changes. */
  readonly source: string;
  readonly registry: Promise<FileRegistry>;
  readonly readAtMs: number;
}

export class MethodCatalogue {
  readonly #read: ReadDescriptors;
  readonly #nowMs: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(read: ReadDescriptors, nowMs: () => number) {
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /** @throws CallError METHOD_NOT_FOUND that names those there are, or as reading fails. */
  async find(service: RegisteredService, name: string, signal: AbortSignal): Promise<KnownMethod> {
    const entry = this.#entryOf(service, signal);
    let registry = await entry.registry;
    let method = findMethod(registry, name);
    if (method === undefined && service.descriptorDigest === '' && this.#nowMs() - entry.readAtMs > REFRESH_MS) {
      this.forget(service);
      registry = await this.#entryOf(service, signal).registry;
      method = findMethod(registry, name);
    }
    if (method === undefined) throw notFound(service, name, registry);
    if (!isUnary(method)) throw streams(service, name);
    return { method, registry };
  }

  /** The descriptors are not what the server speaks: the next call reads them again. */
  forget({ namespace, serviceId }: RegisteredService): void {
    this.#entries.delete(`${namespace}/${serviceId}`);
  }

  #entryOf(service: RegisteredService, signal: AbortSignal): Entry {
    const key = `${service.namespace}/${service.serviceId}`;
    const source = service.descriptorDigest || `${service.tls} ${service.addresses.join(' ')}`;
    const known = this.#entries.get(key);
    const entry = known?.source === source ? known : this.#begin(key, source, service, signal);
    // Put back at the end: the map is in the order of use.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_SERVICES) break;
      this.#entries.delete(oldest);
    }
    return entry;
  }

  #begin(key: string, source: string, service: RegisteredService, signal: AbortSignal): Entry {
    const entry: Entry = { source, registry: this.#read(service, signal), readAtMs: this.#nowMs() };
    entry.registry.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry;
  }
}

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === 'unary';
}

function notFound({ serviceId }: RegisteredService, name: string, registry: FileRegistry) {
  const names = methodsOf(registry).map(methodName);
  const more = names.length > MAX_NAMED ? ', …' : '';
  const known = names.length === 0 ? 'it has none' : `it has ${names.slice(0, MAX_NAMED).join(', ')}${more}`;
  return lasting('METHOD_NOT_FOUND', {
    message: `rpc service ${serviceId} has no method ${name}; ${known}`,
    place: `rpc service ${serviceId}`,
    remedy: `see \`skein services methods ${serviceId}\``,
  });
}

function streams({ serviceId }: RegisteredService, name: string) {
  return lasting('METHOD_NOT_FOUND', {
    message: `method ${name} of rpc service ${serviceId} streams; only unary methods can be called`,
    place: `rpc service ${serviceId}`,
    remedy: 'call a unary method; an agent can consume streams',
  });
}
