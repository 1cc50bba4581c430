/** A transport of the A2A library for one interface of an agent. */
import { AgentCard } from '@a2a-js/sdk';
import { JsonRpcTransportFactory, RestTransportFactory, type Transport } from '@a2a-js/sdk/client';
import { GrpcTransportFactory } from '@a2a-js/sdk/client/grpc';
import { Client, credentials } from '@grpc/grpc-js';
import { grpcTarget, type A2aInterface } from '@skein/a2a';
import type { TrustedRoots } from '@skein/rpc';
import { violation } from './a2a-failure.ts';
import { draftFetch } from './draft-fetch.ts';
import { checkedFetch } from './event-filter.ts';

/** What is asked of an agent, in the words of 1.0 whatever the agent speaks. */
export type A2aOperations = Pick<
  Transport,
  'sendMessage' | 'sendMessageStream' | 'getTask' | 'cancelTask' | 'resubscribeTask' | 'getExtendedAgentCard'
>;

/** The transport of an open connection. */
export interface A2aTransport extends Disposable {
  readonly operations: A2aOperations;
  /** Headers or metadata that every request has. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether an update of an artifact does not say if it adds to it: the library drops that in 0.3's protobuf forms. */
  readonly losesAppend: boolean;
}

const WITH_LEGACY = { legacyCompat: { enabled: true } };

/**
 * @param roots whom a channel over TLS trusts. Default: as grpc-js does.
 * @throws CallError AGENT_PROTOCOL_VIOLATION where the interface has no address.
 */
export async function openTransport(
  spoken: A2aInterface,
  fetchImpl: typeof fetch,
  place: string,
  roots?: TrustedRoots,
): Promise<A2aTransport> {
  const { binding, dialect, url } = spoken;
  const isDraft = dialect === '1.0-draft';
  // The draft's gRPC messages have the numbers of 0.3.
  const protocolVersion = dialect === '0.3' || (isDraft && binding === 'GRPC') ? '0.3' : '1.0';
  // Servers of 0.3 and of the draft know no version header; without it they are what they are.
  const parameters: Record<string, string> = dialect === '1.0' ? { 'a2a-version': '1.0' } : {};
  if (binding === 'GRPC') {
    const target = grpcTarget(url);
    if (target === undefined) throw violation(`the agent card's address ${url} is no gRPC server`, place);
    const trusted = roots === undefined ? undefined : Buffer.from(roots.pem);
    const grpcChannelCredentials = target.tls ? credentials.createSsl(trusted) : credentials.createInsecure();
    const factory = new GrpcTransportFactory({ ...WITH_LEGACY, grpcChannelCredentials });
    const operations = await factory.create(target.address, cardOf(target.address, binding, protocolVersion));
    const losesAppend = protocolVersion === '0.3';
    return { operations, parameters, losesAppend, [Symbol.dispose]: () => closeChannel(operations) };
  }
  const options = {
    ...WITH_LEGACY,
    fetchImpl: isDraft ? draftFetch(fetchImpl, place) : checkedFetch(fetchImpl, place),
  };
  const factory = binding === 'JSONRPC' ? new JsonRpcTransportFactory(options) : new RestTransportFactory(options);
  const operations = await factory.create(url, cardOf(url, binding, protocolVersion));
  const losesAppend = protocolVersion === '0.3' && binding === 'HTTP+JSON';
  return { operations, parameters, losesAppend, [Symbol.dispose]: () => {} };
}

/** Factories choose the version by a card; this one says what was chosen already. */
function cardOf(url: string, protocolBinding: string, protocolVersion: string): AgentCard {
  return AgentCard.fromJSON({ name: '', supportedInterfaces: [{ url, protocolBinding, protocolVersion }] });
}

/** The library has no way to close a channel, and one that nobody closes stays open for as long as the process lives. */
function closeChannel(operations: object): void {
  const client: unknown = Reflect.get(operations, 'grpcClient');
  if (client instanceof Client) client.close();
}
