/**
 * The example agents in the registry: put in, and at the end taken out again, so that nobody is sent to an address where
 * nobody answers. A registration that was there before is put back.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Agent } from '@skein/contracts/registry';
import { createApi, type Api } from '../api/api.ts';
import type { ExampleAgents, StartedExample } from './example-agents.ts';

const CONNECT_TIMEOUT_MS = 500;

/** Tells a registration made here from one that somebody else made. */
const STARTED_HERE = { started_by: 'skein-examples' };

/** Undoes a registration. Never rejects. */
export type Release = () => Promise<void>;

/** Registers the agents; the answer takes them out of the registry again, or puts back what was there before. */
export async function registerExamples(
  address: string,
  namespace: string,
  { agents }: ExampleAgents,
): Promise<Release> {
  // Not the command's own clients: these are used after Ctrl-C too.
  const api = createApi(address, namespace);
  const putBacks = await Promise.all(agents.map((agent) => register(api, agent)));
  return async () => void (await Promise.all(putBacks.map((putBackOne) => putBackOne())));
}

async function register(api: Api, example: StartedExample): Promise<Release> {
  const { agentId, protocol, capabilities, endpoint, address } = example;
  const before = await findAgent(api, agentId);
  const isKept = before !== undefined && !(await isLeftover(before));
  await api.agents.registerAgent({
    namespace: api.namespace,
    agentId,
    protocol,
    capabilities: [...capabilities],
    endpoints: [endpoint(address)],
    labels: STARTED_HERE,
  });
  return () => putBack(api, agentId, isKept ? before : undefined);
}

/** Of an earlier command that could not clean up, or was not to: nobody listens there any more. */
async function isLeftover({ labels, instances }: Agent): Promise<boolean> {
  if (labels['started_by'] !== STARTED_HERE.started_by) return false;
  const listening = await Promise.all(instances.map(({ endpoint }) => listens(endpoint)));
  return !listening.includes(true);
}

async function listens(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint.includes('://') ? endpoint : `grpc://${endpoint}`);
  const socket = connect({ host: hostname, port: Number(port), timeout: CONNECT_TIMEOUT_MS });
  const gaveUp = once(socket, 'timeout').then(() => false);
  const connected = once(socket, 'connect').then(() => true);
  try {
    return await Promise.race([connected, gaveUp]);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function findAgent({ agents, namespace }: Api, agentId: string): Promise<Agent | undefined> {
  try {
    return (await agents.getAgent({ namespace, agentId })).agent;
  } catch (error) {
    if (ConnectError.from(error).code === Code.NotFound) return undefined;
    throw error;
  }
}

async function putBack({ agents, namespace }: Api, agentId: string, before: Agent | undefined): Promise<void> {
  try {
    if (!before) {
      await agents.unregisterAgent({ namespace, agentId });
      return;
    }
    const { version, name, description, agentType, capabilities, protocol, labels, config, timeout } = before;
    await agents.registerAgent({
      namespace,
      agentId,
      version,
      name,
      description,
      agentType,
      capabilities,
      protocol,
      labels,
      endpoints: before.instances.map(({ endpoint }) => endpoint),
      ...(config ? { config } : {}),
      ...(timeout ? { timeout } : {}),
    });
  } catch {
    // The platform has ended before us: then nobody is sent anywhere.
  }
}
