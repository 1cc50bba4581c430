/**
 * Agents that implement skein.agent.v1.
 *
 * Owns one channel for every address that is probed.
 *
 * G1. An instance without a health service is probed by its card.
 * G2. A channel whose call got no answer is opened anew for the next one: it may be dead without knowing.
 * G3. An address that is asked but not probed keeps no channel.
 */
import { toJson, type JsonObject } from '@bufbuild/protobuf';
import { createClient, type Client, Code, ConnectError } from '@connectrpc/connect';
import { AgentService, SkillSchema, type AgentCard } from '@skein/contracts/agent';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@skein/contracts/grpc';
import { grpcTransport, type ClosableTransport } from '@skein/rpc';
import { UnhealthyError, type AgentContact } from '../../app/agent-contact.ts';
import { ProtocolUndecidedError } from '../../app/registry-errors.ts';
import type { AgentFacts } from '../../domain/agent-record.ts';
import { grpcAddressOf } from '../../domain/endpoint.ts';

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
  /** G1. */
  probeBy: 'health' | 'card';
}

/** A contact for gRPC endpoints. */
export function grpcContact(): AgentContact {
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
  /** G3. */
  const read = async (endpoint: string, signal: AbortSignal): Promise<AgentFacts> => {
    const known = channels.get(endpoint);
    if (known !== undefined) return factsOf(await cardFrom(known, signal));
    using transport = openTransport(endpoint);
    return factsOf(await cardFrom(clientsOver(transport), signal));
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
    describe: read,
    async detect(endpoint, signal) {
      try {
        return { protocol: 'GRPC', facts: await read(endpoint, signal) };
      } catch (cause) {
        if (!(cause instanceof UnhealthyError)) throw cause;
        const message = `could not be found out: ${cause.message}; start the agent first, or give GRPC`;
        throw new ProtocolUndecidedError(message, { cause });
      }
    },
    forget,
    async [Symbol.asyncDispose]() {
      for (const endpoint of channels.keys()) forget(endpoint);
    },
  };
}

function openTransport(endpoint: string): ClosableTransport {
  return grpcTransport({ address: grpcAddressOf(endpoint), channel: CHANNEL_OPTIONS });
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
  await cardFrom(channel, signal);
  channel.probeBy = 'card';
  return '';
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
