import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { reset } from './reset.ts';

for (const isEnding of [false, true]) {
  test(`a connection is gone after a reset${isEnding ? ', also while its end is being said' : ''}`, async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    const errors: unknown[] = [];
    socket.on('error', (error) => void errors.push(error));
    if (isEnding) socket.end();
    reset(socket);
    await once(socket, 'close');
    assert.deepEqual(errors, []);
    server.close();
  });
}
