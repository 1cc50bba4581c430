/**
 * Forwards TCP connections: `node forward.ts LISTEN_PORT TARGET_PORT`, both in this network namespace.
 *
 * The gateway listens on loopback only, for it authenticates nobody. A container's loopback cannot be published, so this
 * runs in the same namespace, and the port it listens on is published on the loopback of the machine. It adds no
 * protection of its own: whoever reaches its port reaches the gateway.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

const [listenPort = Number.NaN, targetPort = Number.NaN] = process.argv.slice(2).map(Number);
if (!isPort(listenPort) || !isPort(targetPort))
  throw new Error('give two ports: node forward.ts LISTEN_PORT TARGET_PORT');

const server = createServer((caller) => {
  const target = connect(targetPort, '127.0.0.1');
  // Either end that breaks takes the other with it.
  const over = (): void => {
    caller.destroy();
    target.destroy();
  };
  pipeline(caller, target, over);
  pipeline(target, caller, over);
});
server.listen(listenPort);
await once(server, 'listening');
console.log(`forwarding port ${(server.address() as AddressInfo).port} to 127.0.0.1:${targetPort}`);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port < 65_536;
}
