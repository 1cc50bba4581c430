/**
 * Agents behind a gRPC address: those that implement skein.agent.v1, and those that speak A2A.
 *
 * Owns one channel for every address that is probed.
 *
 * G1. An instance without a health service is probed by its card.
 * G2. A channel whose call got no answer is opened anew for the next one: it may be dead without knowing.
 * G3. A server that does not know skein.agent.v1 may be an A2A agent: it is probed by asking for a task that is nobody's.
 * G4. An address that is asked but not probed keeps no channel.
 */
import { toJson, type JsonObject } from '@bufbuild/protobuf';
import { createClient, type Client, Code, ConnectError } from '@connectrpc/connect';
import { AgentService, SkillSchema, type AgentCard } from '@skein/contracts/agent';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@skein/contracts/grpc';
import { grpcTransport, trustedRoots, type ClosableTransport, type TrustedRoots } from '@skein/rpc';
import { UnhealthyError, type AgentContact } from '../../app/agent-contact.ts';
import { ProtocolUndecidedError } from '../../app/registry-errors.ts';
import type { AgentFacts, Protocol } from '../../domain/agent-record.ts';
import { grpcTargetOf } from '../../domain/endpoint.ts';
import { a2aFactsOf, a2aServiceOf, type A2aService } from './a2a-service.ts';

/** Servers of other languages count frequent pings as abuse and close the connection. */
const CHANNEL_OPTIONS = Object.freeze({
  'grpc.keepalive_time_ms': 300_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.keepalive_permit_without_calls': 0,
});

interface Channel {
  readonly transport: ClosableTransport;
  readonly agent: Client<typeof AgentService>;
  readonly health: Client<typeof Health>;
  /** G1, G3. */
  probeBy: 'health' | 'card' | 'a2a';
}

/** A contact for gRPC endpoints. @param roots whom a channel over TLS trusts. */
export function grpcContact(roots: TrustedRoots = trustedRoots()): AgentContact {
  const openTransport = (endpoint: string): ClosableTransport => {
    const { address, tls } = grpcTargetOf(endpoint);
    return grpcTransport({ address, channel: CHANNEL_OPTIONS, ...(tls ? { tls: roots } : {}) });
  };
  const channels = new Map<string, Channel>();

  const forget = (endpoint: string): void => {
    channels.get(endpoint)?.transport[Symbol.dispose]();
    channels.delete(endpoint);
  };
  const channelTo = (endpoint: string): Channel => {
    const channel = channels.get(endpoint) ?? clientsOver(openTransport(endpoint));
    channels.set(endpoint, channel);
    return channel;
  };
  /** G4. */
  const read = async (endpoint: string, signal: AbortSignal): Promise<Described> => {
    const known = channels.get(endpoint);
    if (known !== undefined) return await describe(known, signal);
    using transport = openTransport(endpoint);
    return await describe(clientsOver(transport), signal);
  };
  /** G2. */
  const ask = async <T>(endpoint: string, question: (channel: Channel) => Promise<T>): Promise<T> => {
    try {
      return await question(channelTo(endpoint));
    } catch (error) {
      const { code } = ConnectError.from(error);
      if (code === Code.Canceled || code === Code.DeadlineExceeded) forget(endpoint);
      throw error;
    }
  };

  return {
    check: (endpoint, signal) => ask(endpoint, (channel) => check(channel, signal)),
    describe: async (endpoint, signal) => (await read(endpoint, signal)).facts,
    async detect(endpoint, signal) {
      try {
        return await read(endpoint, signal);
      } catch (cause) {
        if (!(cause instanceof UnhealthyError)) throw cause;
        const message = `could not be found out: ${cause.message}; start the agent first, or give GRPC or A2A`;
        throw new ProtocolUndecidedError(message, { cause });
      }
    },
    forget,
    async [Symbol.asyncDispose]() {
      for (const endpoint of channels.keys()) forget(endpoint);
    },
  };
}

function clientsOver(transport: ClosableTransport): Channel {
  return {
    transport,
    agent: createClient(AgentService, transport),
    health: createClient(Health, transport),
    probeBy: 'health',
  };
}

async function check(channel: Channel, signal: AbortSignal): Promise<string> {
  if (channel.probeBy === 'a2a') {
    channel.probeBy = 'health';
    await demandA2a(channel, signal);
    channel.probeBy = 'a2a';
    return '';
  }
  if (channel.probeBy === 'health') {
    try {
      const { status } = await channel.health.check({ service: AgentService.typeName }, { signal });
      if (status === ServingStatus.SERVING) return '';
      const word = Object.entries(ServingStatus).find(([, value]) => value === status)?.[0] ?? String(status);
      throw new UnhealthyError(`the health service answers ${word}`);
    } catch (error) {
      if (error instanceof UnhealthyError) throw error;
      const { code } = ConnectError.from(error);
      // NOT_FOUND: there is a health service, but nobody told it of the agent.
      if (code !== Code.Unimplemented && code !== Code.NotFound) throw failureOf('health', error, signal);
    }
  }
  channel.probeBy = 'health';
  try {
    await cardFrom(channel, signal);
    channel.probeBy = 'card';
  } catch (error) {
    if (!isUnimplemented(error)) throw error;
    await demandA2a(channel, signal);
    channel.probeBy = 'a2a';
  }
  return '';
}

/** What an agent is, and what it says of itself. */
interface Described {
  readonly protocol: Protocol;
  readonly facts: AgentFacts;
}

async function describe(channel: Channel, signal: AbortSignal): Promise<Described> {
  try {
    return { protocol: 'GRPC', facts: factsOf(await cardFrom(channel, signal)) };
  } catch (error) {
    if (!isUnimplemented(error)) throw error;
    const service = await demandA2a(channel, signal);
    return { protocol: 'A2A', facts: await a2aFactsOf(channel.transport, service, signal) };
  }
}

/** G3. @throws UnhealthyError where it is no A2A agent either. */
async function demandA2a({ transport }: Channel, signal: AbortSignal): Promise<A2aService> {
  let service: A2aService | undefined;
  try {
    service = await a2aServiceOf(transport, signal);
  } catch (error) {
    throw failureOf('GetTask', error, signal);
  }
  if (service !== undefined) return service;
  throw new UnhealthyError('the server has neither skein.agent.v1.AgentService nor the A2A service');
}

/** Whether the agent's answer was that there is no such method. */
function isUnimplemented(error: unknown): boolean {
  return error instanceof UnhealthyError && ConnectError.from(error.cause).code === Code.Unimplemented;
}

async function cardFrom({ agent }: Channel, signal: AbortSignal): Promise<AgentCard> {
  try {
    const { card } = await agent.getCard({}, { signal });
    if (card !== undefined) return card;
  } catch (error) {
    throw failureOf('GetCard', error, signal);
  }
  throw new UnhealthyError('GetCard answers without a card');
}

/** Aborts go on as they are; everything else is the agent's answer. */
function failureOf(call: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return ConnectError.from(signal.reason, Code.Canceled);
  const { code, rawMessage } = ConnectError.from(error);
  return new UnhealthyError(`${call} answers ${Code[code]}: ${rawMessage}`, { cause: error });
}

function factsOf(card: AgentCard): AgentFacts {
  return {
    version: card.version,
    name: card.name,
    description: card.description,
    capabilities: card.skills.flatMap(({ skillId, tags }) => [skillId, ...tags]),
    skills: card.skills.map((skill) => toJson(SkillSchema, skill) as JsonObject),
  };
}
