import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { RpcProtocol, RpcRegistryService } from '@skein/contracts/registry';
import { temporaryDirectory } from '@skein/testkit';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const SERVICE = { serviceId: 'stock', protocol: RpcProtocol.CONNECT, addresses: ['h:1', 'h:2'], tls: true };

test('register sends what the command line gives, the descriptor set among it', async () => {
  let seen: object = {};
  await using platform = await fakePlatform(({ service }) =>
    service(RpcRegistryService, {
      registerService({ namespace, serviceId, description, protocol, addresses, tls, descriptorSet }) {
        seen = { namespace, serviceId, description, protocol, addresses, tls, descriptorSet };
        return { service: { ...SERVICE, serviceNames: ['a.B'] }, created: true };
      },
    }),
  );
  await using folder = await temporaryDirectory('services');
  const file = join(folder.path, 'set.binpb');
  await writeFile(file, Buffer.from([1, 2]));
  const options = ['-a', 'h:1', '-a', 'h:2', '-p', 'connect', '--tls', '--description', 'd', '--descriptors', file];
  const { code, stdout } = await useCli(['services', 'register', 'stock', ...options, '--api', platform.url]);
  assert.deepEqual([code, stdout], [EXIT.ok, 'stock registered: connect, h:1 h:2, services a.B\n']);
  assert.deepEqual(seen, {
    namespace: 'default',
    serviceId: 'stock',
    description: 'd',
    protocol: RpcProtocol.CONNECT,
    addresses: ['h:1', 'h:2'],
    tls: true,
    descriptorSet: Uint8Array.of(1, 2),
  });
  const missing = ['-a', 'h:1', '--descriptors', join(folder.path, 'nothing')];
  const refused = await useCli(['services', 'register', 'stock', ...missing, '--api', platform.url]);
  assert.match(refused.stderr, /cannot read .*nothing/);
});

test('list, get, methods and delete show what the registry says', async () => {
  const deleted: string[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(RpcRegistryService, {
      listServices: () => ({ services: [SERVICE] }),
      getService: () => ({ service: SERVICE }),
      listMethods: () => ({
        methods: [
          { method: 'a.B/C', inputType: 'a.In', outputType: 'a.Out' },
          { method: 'a.B/S', inputType: 'a.In', outputType: 'a.Out', streaming: true },
        ],
      }),
      deleteService({ serviceId }) {
        deleted.push(serviceId);
        return {};
      },
    }),
  );
  const cli = (...args: string[]) => useCli(['services', ...args, '--api', platform.url]);
  assert.match((await cli('list')).stdout, /^SERVICE.*\nstock +connect tls +h:1 h:2/);
  assert.match((await cli('get', 'stock')).stdout, /protocol +connect[^]*described by +its reflection/);
  assert.match((await cli('methods', 'stock')).stdout, /a\.B\/C +a\.In +a\.Out *\na\.B\/S .*streams/);
  const { stdout } = await cli('methods', 'stock', '-o', 'json');
  assert.partialDeepStrictEqual(JSON.parse(stdout), { methods: [{ method: 'a.B/C' }, { streaming: true }] });
  assert.equal((await cli('delete', 'stock', 'b')).stdout, 'stock deleted\nb deleted\n');
  assert.deepEqual(deleted, ['stock', 'b']);
});
