/**
 * Agents behind a base URL.
 *
 * Owns the connections, which are kept between probes.
 */
import { Agent, request, type Dispatcher } from 'undici';
import { UnhealthyError, type AgentContact } from '../../app/agent-contact.ts';
import { ProtocolUndecidedError } from '../../app/registry-errors.ts';
import { urlBelow } from '../../domain/endpoint.ts';
import {
  factsInHealth,
  healthObjectOf,
  illnessIn,
  protocolHintIn,
  weaknessIn,
  type ForeignObject,
} from '../../domain/health-body.ts';
import { servedProtocol } from './served-protocol.ts';

/** A connection lives longer than the time between two probes. */
const KEEP_ALIVE_MS = 60_000;
const CONNECTIONS_PER_ORIGIN = 4;
const MAX_BODY_BYTES = 64 * 1024;

/** A contact for HTTP endpoints. */
export function httpContact(): AgentContact {
  const dispatcher = new Agent({ keepAliveTimeout: KEEP_ALIVE_MS, connections: CONNECTIONS_PER_ORIGIN });

  return {
    async check(endpoint, signal) {
      const body = await health(dispatcher, endpoint, signal);
      const illness = illnessIn(body);
      if (illness !== undefined) throw new UnhealthyError(`GET /health: ${illness}`);
      return weaknessIn(body) ?? '';
    },
    describe: async (endpoint, signal) => factsInHealth(await health(dispatcher, endpoint, signal)),
    async detect(endpoint, signal) {
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

async function healthForDetection(dispatcher: Dispatcher, endpoint: string, signal: AbortSignal) {
  try {
    return await health(dispatcher, endpoint, signal);
  } catch (cause) {
    if (!(cause instanceof UnhealthyError)) throw cause;
    const message = `could not be found out: ${cause.message}; start the agent first, or give HTTP_PROCESS or HTTP_INVOKE_SSE`;
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

/** The beginning of a body; reading stops at the limit. */
async function textUpTo(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) break;
  }
  return Buffer.concat(chunks).toString();
}
