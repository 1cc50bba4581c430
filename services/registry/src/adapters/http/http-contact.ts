/**
 * Agents behind a base URL.
 *
 * Owns the connections, which are kept between probes.
 *
 * H1. An agent with an agent card is described by it, else by its health.
 * H2. An agent without a health path is probed by its card.
 * H3. A card that names nothing that answers is refused when the protocol is found out, before anybody is sent there.
 */
import { createSecureContext } from 'node:tls';
import { UnreadableCardError } from '@skein/a2a';
import type { TrustedRoots } from '@skein/rpc';
import { Agent, request, type Dispatcher } from 'undici';
import { UnhealthyError, type AgentContact } from '../../app/agent-contact.ts';
import { ProtocolUndecidedError } from '../../app/registry-errors.ts';
import { factsInCard } from '../../domain/card-facts.ts';
import { urlBelow } from '../../domain/endpoint.ts';
import {
  factsInHealth,
  healthObjectOf,
  illnessIn,
  protocolHintIn,
  weaknessIn,
  type ForeignObject,
} from '../../domain/health-body.ts';
import { cardAt } from './a2a-card.ts';
import { faultOf } from './a2a-interface.ts';
import { textUpTo } from './body-text.ts';
import { HTTP_PROTOCOLS, servedProtocol } from './served-protocol.ts';

/** A connection lives longer than the time between two probes. */
const KEEP_ALIVE_MS = 60_000;
const CONNECTIONS_PER_ORIGIN = 4;
const MAX_BODY_BYTES = 64 * 1024;
const NO_SUCH_PATH: ReadonlySet<number> = new Set([404, 405, 501]);

/** The agent has no health to ask for; which need not mean that it is ill. */
class NoHealthPathError extends UnhealthyError {}

/** A contact for HTTP endpoints. @param roots whom connections over TLS trust. Default: as Node.js does. */
export function httpContact(roots?: TrustedRoots): AgentContact {
  const dispatcher = new Agent({
    keepAliveTimeout: KEEP_ALIVE_MS,
    connections: CONNECTIONS_PER_ORIGIN,
    // Made once: to read all certificates with each connection would take longer than the connection.
    ...(roots === undefined ? {} : { connect: { secureContext: createSecureContext({ ca: roots.pem }) } }),
  });

  return {
    async check(endpoint, signal) {
      try {
        const body = await health(dispatcher, endpoint, signal);
        const illness = illnessIn(body);
        if (illness !== undefined) throw new UnhealthyError(`GET /health: ${illness}`);
        return weaknessIn(body) ?? '';
      } catch (error) {
        // H2.
        if (!(error instanceof NoHealthPathError)) throw error;
        if ((await readableCard(dispatcher, endpoint, signal)) === undefined) throw error;
        return '';
      }
    },
    async describe(endpoint, signal) {
      const card = await readableCard(dispatcher, endpoint, signal);
      return card === undefined ? factsInHealth(await health(dispatcher, endpoint, signal)) : factsInCard(card.facts);
    },
    async detect(endpoint, signal) {
      const card = await cardForDetection(dispatcher, endpoint, signal);
      if (card !== undefined) return { protocol: 'A2A', facts: factsInCard(card.facts) };
      const body = await healthForDetection(dispatcher, endpoint, signal);
      const protocol = protocolHintIn(body) ?? (await servedProtocol(dispatcher, endpoint, signal));
      return { protocol, facts: factsInHealth(body) };
    },
    forget() {
      // Connections nobody uses close by themselves.
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

/** H1. A card that cannot be used counts as none. */
async function readableCard(dispatcher: Dispatcher, endpoint: string, signal: AbortSignal) {
  try {
    return await cardAt(dispatcher, endpoint, signal);
  } catch (error) {
    if (error instanceof UnreadableCardError) return undefined;
    throw error;
  }
}

/** H3. */
async function cardForDetection(dispatcher: Dispatcher, endpoint: string, signal: AbortSignal) {
  const refusal = (why: string, cause?: unknown) =>
    new ProtocolUndecidedError(`could not be found out: ${why}; mend the card, or give the protocol`, { cause });
  try {
    const card = await cardAt(dispatcher, endpoint, signal);
    if (card === undefined) return undefined;
    const fault = await faultOf(dispatcher, card.interfaces[0], signal);
    if (fault === undefined) return card;
    throw refusal(fault);
  } catch (error) {
    throw error instanceof UnreadableCardError ? refusal(error.message, error) : error;
  }
}

async function healthForDetection(dispatcher: Dispatcher, endpoint: string, signal: AbortSignal) {
  try {
    return await health(dispatcher, endpoint, signal);
  } catch (cause) {
    if (!(cause instanceof UnhealthyError)) throw cause;
    const message = `could not be found out: ${cause.message}; start the agent first, or give ${HTTP_PROTOCOLS}`;
    throw new ProtocolUndecidedError(message, { cause });
  }
}

/** The JSON object that GET /health answers with 2xx; undefined where the body is none. */
async function health(
  dispatcher: Dispatcher,
  endpoint: string,
  signal: AbortSignal,
): Promise<ForeignObject | undefined> {
  try {
    const url = urlBelow(endpoint, 'health');
    const { statusCode, body } = await request(url, { dispatcher, signal, headers: { accept: 'application/json' } });
    if (statusCode < 200 || statusCode > 299) {
      await body.dump();
      if (NO_SUCH_PATH.has(statusCode)) throw new NoHealthPathError(`GET /health answers ${statusCode}`);
      throw new UnhealthyError(`GET /health answers ${statusCode}`);
    }
    return healthObjectOf(await textUpTo(body, MAX_BODY_BYTES));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UnhealthyError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UnhealthyError(`GET /health fails: ${why}`, { cause: error });
  }
}
