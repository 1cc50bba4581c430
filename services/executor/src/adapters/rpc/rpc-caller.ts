/**
 * Calls unary methods of gRPC, Connect and gRPC-Web servers that nobody knew when this was written.
 *
 * Owns connections and descriptors. Messages are read and written by their descriptors alone.
 */
import { fromJson, toJson, type JsonValue, type Message } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { DescriptorError, readDescriptorSet, reflect } from '@skein/rpc';
import type { RegisteredService, RpcPort, RpcRequest, ServiceDirectory } from '../../app/rpc-port.ts';
import { lasting, passing } from '../../domain/call-failure.ts';
import { MethodCatalogue, type KnownMethod } from './method-catalogue.ts';
import { rpcFailure, unreadable } from './rpc-failure.ts';
import { TransportPool } from './transport-pool.ts';

/** The deadline that the server is told lies behind our own, so that it is ours that is reported. */
const DEADLINE_SLACK_MS = 250;
const LONGEST_DEADLINE_MS = 2_147_483_647;
/** Time for a server to tell of itself. */
const REFLECTION_TIMEOUT_MS = 5000;

/** Calls services of a directory. */
export function rpcCaller(services: ServiceDirectory): RpcPort {
  const pool = new TransportPool();
  const catalogue = new MethodCatalogue(
    (service, signal) => descriptorsOf(pool, services, service, signal),
    () => performance.now(),
  );
  return {
    async call(request, onSend, signal) {
      const { service, method: name } = request;
      const known = await catalogue.find(service, name, signal);
      const message = requestMessage(known, request);
      onSend();
      try {
        return responseJson(known, await send(pool, known, message, request, signal), placeOf(request));
      } catch (error) {
        signal.throwIfAborted();
        const failure = rpcFailure(error, placeOf(request));
        const { code } = failure.failure;
        if (code === 'RPC_PROTOCOL_VIOLATION' || code === 'UNIMPLEMENTED') catalogue.forget(service);
        throw failure;
      }
    },
    [Symbol.asyncDispose]: async () => pool[Symbol.dispose](),
  };
}

async function send(
  pool: TransportPool,
  { method }: KnownMethod,
  message: Message,
  request: RpcRequest,
  signal: AbortSignal,
): Promise<Message> {
  const { protocol, tls } = request.service;
  using leased = pool.lease({ protocol, tls, address: request.address });
  const timeoutMs = Math.min(Math.ceil(request.timeoutMs) + DEADLINE_SLACK_MS, LONGEST_DEADLINE_MS);
  const response = await leased.transport.unary(method, signal, timeoutMs, headersOf(request), message);
  return response.message;
}

function headersOf({ metadata, idempotencyKey, runId, traceparent }: RpcRequest): Headers {
  const headers = new Headers();
  for (const [key, value] of Object.entries(metadata))
    if (typeof value === 'string') headers.set(key, printable(value));
  headers.set('idempotency-key', printable(idempotencyKey));
  headers.set('x-run-id', printable(runId));
  if (traceparent !== '') headers.set('traceparent', traceparent);
  return headers;
}

/** Metadata is ASCII on the wire; whatever it cannot carry is percent-encoded. */
function printable(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, (character) => encodeURIComponent(character.toWellFormed()));
}

function requestMessage({ method, registry }: KnownMethod, { message, place }: RpcRequest): Message {
  try {
    return fromJson(method.input, message, { registry });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const field = fieldIn(why, method.input.typeName);
    throw lasting('INVALID_FIELD', {
      message: `the input is no ${method.input.typeName}: ${why}`,
      place: field === '' ? place : `${place}.${field}`,
      remedy: `give the fields of ${method.input.typeName}, named as in its JSON form`,
      cause,
    });
  }
}

/** The field that the library complains about: `… field pkg.Type.name …` or `key "name" is unknown`. */
function fieldIn(message: string, typeName: string): string {
  const named = /\bfield ([\w.]+)/.exec(message)?.[1] ?? /\bkey "([^"]+)" is unknown/.exec(message)?.[1] ?? '';
  return named.startsWith(`${typeName}.`) ? named.slice(typeName.length + 1) : named;
}

function responseJson({ method, registry }: KnownMethod, response: Message, place: string): JsonValue {
  try {
    // Fields that were left at their zero are written, so that expressions find them.
    return toJson(method.output, response, { registry, alwaysEmitImplicit: true });
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : String(cause), place, cause);
  }
}

async function descriptorsOf(
  pool: TransportPool,
  services: ServiceDirectory,
  service: RegisteredService,
  signal: AbortSignal,
) {
  const place = `rpc service ${service.serviceId}`;
  try {
    if (service.descriptorDigest !== '') return readDescriptorSet(await services.descriptorSet(service, signal));
    return await reflectAny(pool, service, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DescriptorError) {
      throw lasting('DESCRIPTORS_UNAVAILABLE', {
        message: `the descriptors of rpc service ${service.serviceId} ${error.message}`,
        place,
        remedy: `upload them: skein services register ${service.serviceId} --descriptors FILE`,
        cause: error,
      });
    }
    throw error;
  }
}

/** Asks the servers of a service, one after the other, what they serve; over gRPC, whatever they are called with. */
async function reflectAny(pool: TransportPool, { serviceId, addresses, tls }: RegisteredService, signal: AbortSignal) {
  let failure: Error = new DescriptorError('are not known: it has no address');
  for (const address of addresses) {
    using leased = pool.lease({ protocol: 'grpc', address, tls });
    try {
      return await reflect(leased.transport, AbortSignal.any([signal, AbortSignal.timeout(REFLECTION_TIMEOUT_MS)]));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DescriptorError) throw error;
      const { code, rawMessage } = ConnectError.from(error, Code.Unavailable);
      if (code === Code.Unimplemented || code === Code.NotFound || code === Code.PermissionDenied) {
        throw new DescriptorError(`are not known: ${address} serves no reflection: ${rawMessage}`, { cause: error });
      }
      // Nothing was called yet, so that asking again does no harm, whatever the node's delivery is.
      failure = passing('SERVICE_UNAVAILABLE', {
        message: `${address} does not tell of its methods: ${rawMessage}`,
        place: `rpc service ${serviceId}`,
        remedy: 'check that it runs and listens at its address, or upload a descriptor set',
        cause: error,
      });
    }
  }
  throw failure;
}

const placeOf = ({ service, address }: RpcRequest): string => `rpc service ${service.serviceId} at ${address}`;
