import { after, before } from 'node:test';
import { natsServer, type NatsServer } from '@skein/testkit';
import type { EventBus } from '../event-bus.ts';
import { testEventBusContract } from '../testing/event-bus.contract.ts';
import { createNatsBus } from './nats-bus.ts';
import { connected } from '../testing/connected.ts';

let server: NatsServer;
let installations = 0;

before(async () => {
  server = await natsServer();
});
after(() => server[Symbol.asyncDispose]());

testEventBusContract('nats', async () => {
  installations += 1;
  const subjectPrefix = `contract-${installations}`;
  return {
    connect: (): Promise<EventBus> =>
      connected(
        createNatsBus({
          servers: [server.url],
          subjectPrefix,
          streamMaxBytes: 16 * 1024 * 1024,
          redeliveryBackoff: { initialMs: 1, maxMs: 4 },
        }),
      ),
    [Symbol.asyncDispose]: async () => {},
  };
});
