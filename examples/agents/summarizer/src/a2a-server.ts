/** The agent over HTTP: its card at the well-known path, and JSON-RPC beside it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentCard } from '@a2a-js/sdk';
import { DefaultRequestHandler, InMemoryTaskStore } from '@a2a-js/sdk/server';
import { agentCardHandler, jsonRpcHandler, UserBuilder } from '@a2a-js/sdk/server/express';
import type { ListenOptions, RunningAgent } from '@skein/example-agent-host';
import express from 'express';
import { summarizing } from './summarizing.ts';

/** What the agent says of itself; `url` is where it is called. */
const cardFor = (url: string): AgentCard =>
  AgentCard.fromJSON({
    name: 'Summarizer',
    description: 'Shortens a text to the sentences that say the most.',
    version: '1.0.0',
    supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
    capabilities: { streaming: true },
    defaultInputModes: ['text/plain', 'application/json'],
    defaultOutputModes: ['text/plain'],
    skills: [{ id: 'summarize', name: 'Summarize', description: 'Shortens a text.', tags: ['text', 'summary'] }],
  });

export async function startA2aServer({ host, port }: ListenOptions): Promise<RunningAgent> {
  const app = express();
  const server = createServer(app).listen(port, host);
  await once(server, 'listening');
  const address = `${host}:${(server.address() as AddressInfo).port}`;
  const requestHandler = new DefaultRequestHandler(
    cardFor(`http://${address}/a2a`),
    new InMemoryTaskStore(),
    summarizing(),
  );
  app.use('/.well-known/agent-card.json', agentCardHandler({ agentCardProvider: requestHandler }));
  app.use('/a2a', jsonRpcHandler({ requestHandler, userBuilder: UserBuilder.noAuthentication }));
  return {
    address,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
