import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { spawnProcess } from '@skein/testkit';

const script = (name: string): string => fileURLToPath(new URL(`../../deploy/${name}.ts`, import.meta.url));

test('the entrance forwards to loopback, and a probe sees what is behind it', async () => {
  const server = createServer((request, response) =>
    response.writeHead(request.url === '/readyz' ? 503 : 200).end('hi'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const behind = (server.address() as AddressInfo).port;
  await using entrance = await spawnProcess(process.execPath, {
    args: [script('forward'), '0', String(behind)],
    ready: /forwarding port \d+/,
  });
  const [, port = ''] = /port (\d+)/.exec(entrance.output) ?? [];
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(await response.text(), 'hi');

  for (const [path, code] of [
    ['/healthz', 0],
    ['/readyz', 1],
  ] as const) {
    await using probe = await spawnProcess(process.execPath, { args: [script('probe'), port, path] });
    assert.equal((await probe.exited).code, code, path);
  }
  server.close();
  server.closeAllConnections();
});
