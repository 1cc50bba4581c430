import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import {
  CatalogueService,
  InstallPolicySchema,
  PackageSchema,
  type InstallPackageRequest,
} from '@skein/contracts/registry';
import { openPackage } from '@skein/packages';
import { temporaryDirectory } from '@skein/testkit';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const MANIFEST = `
name: acme/remote
version: 1.2.0
endpoints: { protocol: http_process, endpoints: ['http://127.0.0.1:9'] }
`;

/** A folder with the package `acme/remote`, its signed archive and a key. */
async function packed() {
  const folder = await temporaryDirectory();
  const at = (name: string) => join(folder.path, name);
  await writeFile(at('agent.yaml'), MANIFEST);
  const outside = await temporaryDirectory();
  const file = (name: string) => join(outside.path, name);
  const made = await useCli(['packages', 'keygen', file('acme')]);
  assert.equal(made.code, EXIT.ok, made.stderr);
  const done = await useCli(['packages', 'pack', folder.path, '--key', file('acme.key'), '--to', file('p.tar.gz')]);
  assert.equal(done.code, EXIT.ok, done.stderr);
  return {
    folder: folder.path,
    file,
    archive: await readFile(file('p.tar.gz')),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await outside[Symbol.asyncDispose]();
    },
  };
}

test('a folder is packed, signed and verified, and what does not fit is told', async () => {
  await using it = await packed();
  const { file } = it;
  assert.equal((await stat(file('acme.key'))).mode & 0o777, 0o600);
  assert.equal((await useCli(['packages', 'keygen', file('acme')])).code, EXIT.invalid, 'a key is never written over');
  const { stdout } = await useCli(['packages', 'verify', file('p.tar.gz'), '--key', file('acme.pub'), '-o', 'json']);
  assert.partialDeepStrictEqual(JSON.parse(stdout), { name: 'acme/remote', version: '1.2.0', files: 1 });
  await useCli(['packages', 'keygen', file('other')]);
  const foreign = await useCli(['packages', 'verify', file('p.tar.gz'), '--key', file('other.pub')]);
  assert.deepEqual([foreign.code, /is signed by \w+, not by \w+/.test(foreign.stderr)], [EXIT.refused, true]);
  const unsigned = await useCli(['packages', 'verify', it.folder]);
  assert.match(unsigned.stdout, /^acme\/remote 1\.2\.0: 1 files, sha256:\w{64}, not signed\n$/);
  assert.equal((await useCli(['packages', 'sign', file('p.tar.gz'), '--key', file('other.key')])).code, EXIT.ok);
  assert.equal((await useCli(['packages', 'verify', file('p.tar.gz'), '--key', file('other.pub')])).code, EXIT.ok);
  await writeFile(file('p.tar.gz'), it.archive.subarray(0, 80));
  const broken = await useCli(['packages', 'verify', file('p.tar.gz')]);
  assert.deepEqual([broken.code, /no \.tar\.gz/.test(broken.stderr)], [EXIT.invalid, true]);
});

interface Served {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

async function recordingPlatform() {
  const installed: InstallPackageRequest[] = [];
  const archives: Uint8Array[] = [];
  const found = create(PackageSchema, { manifest: { name: 'acme/remote', version: '1.2.0' }, digest: 'sha256:0' });
  const platform = await fakePlatform(({ service }) =>
    service(CatalogueService, {
      publishPackage({ archive }) {
        archives.push(archive);
        return { package: found, created: true };
      },
      installPackage(request) {
        installed.push(request);
        return { package: found, installed: { case: 'agent', value: { agentId: request.agentId || 'remote' } } };
      },
    }),
  );
  return { platform, installed, archives };
}

test('a package of another platform is fetched over a connection that breaks, published and installed', async () => {
  await using it = await packed();
  const { digest } = await openPackage(it.archive);
  const offsets: string[] = [];
  await using other = await serve((request, response) => {
    const asked = new URL(request.url ?? '', 'http://other').searchParams;
    const offset = Number(asked.get('offset_bytes'));
    offsets.push(`${offset} ${asked.get('digest') ?? ''}`);
    const rest = it.archive.subarray(offset);
    response.writeHead(200, { etag: `"${digest}"`, 'content-length': rest.length });
    if (offset > 0) response.end(rest);
    else response.write(rest.subarray(0, 100), () => setImmediate(() => response.destroy()));
  });
  const { platform, installed, archives } = await recordingPlatform();
  await using _platform = platform;
  const args = ['packages', 'install', `${other.url}#acme/remote@^1`, '--as', 'mine', '--api', platform.url];
  const { code, stdout, stderr } = await useCli(args);
  assert.deepEqual([code, stdout], [EXIT.ok, 'acme/remote 1.2.0 installed: agent mine is registered\n'], stderr);
  assert.deepEqual([offsets[0], offsets.length > 1], ['0 ', true]);
  assert.ok(archives[0] !== undefined && it.archive.equals(archives[0]));
  assert.partialDeepStrictEqual(installed, [{ name: 'acme/remote', version: '1.2.0', agentId: 'mine' }]);
});

test('a package that is not what the other platform says is neither published nor installed', async () => {
  await using it = await packed();
  await using other = await serve((_request, response) => {
    response.writeHead(200, { etag: `"sha256:${'0'.repeat(64)}"` }).end(it.archive);
  });
  const { platform, archives } = await recordingPlatform();
  await using _platform = platform;
  const install = (source: string) => useCli(['packages', 'install', source, '--api', platform.url]);
  const { code, stderr } = await install(`${other.url}#acme/remote`);
  assert.deepEqual([code, /was to be sha256:0000/.test(stderr)], [EXIT.unreachable, true], stderr);
  assert.equal((await install(`${other.url}#remote`)).code, EXIT.invalid);
  await using missing = await serve((_request, response) => {
    response.writeHead(404).end(JSON.stringify({ error: { reason: 'PACKAGE_NOT_FOUND', message: 'no package' } }));
  });
  const absent = await install(`${missing.url}#acme/remote`);
  assert.deepEqual([absent.code, /no package/.test(absent.stderr)], [EXIT.notFound, true]);
  assert.deepEqual(archives, []);
});

test('a version is deleted by its exact number', async () => {
  const gone = new Set<string>();
  await using platform = await fakePlatform(({ service }) =>
    service(CatalogueService, {
      deletePackageVersion({ name, version }) {
        const asked = `${name}@${version}`;
        const deleted = !gone.has(asked);
        gone.add(asked);
        return { deleted };
      },
    }),
  );
  const remove = async () => useCli(['packages', 'delete', 'acme/remote@1.2.0', '--api', platform.url]);
  assert.equal((await remove()).stdout, 'acme/remote 1.2.0 deleted; no other files can be published as it\n');
  assert.equal((await remove()).stdout, 'acme/remote 1.2.0 was deleted before\n');
  assert.deepEqual([...gone], ['acme/remote@1.2.0']);
});

test('what may be installed is said, and shown', async () => {
  let policy = create(InstallPolicySchema);
  await using platform = await fakePlatform(({ service }) =>
    service(CatalogueService, {
      getInstallPolicy: () => ({ policy }),
      setInstallPolicy({ requireSignature, allowedKeyIds }) {
        policy = create(InstallPolicySchema, { requireSignature, allowedKeyIds });
        return { policy };
      },
    }),
  );
  const run = async (...args: string[]) =>
    (await useCli(['packages', 'policy', ...args, '--api', platform.url])).stdout.trim();
  assert.equal(await run('get'), 'installed is what is signed by a trusted key; anything else with --allow-unsigned');
  const strict = 'installed is what is signed by a trusted key of k1, k2; anything else never';
  assert.equal(await run('set', '--require-signature', '--key', 'k1', '--key', 'k2'), strict);
  assert.equal(await run('get'), strict);
  assert.match(await run('set'), /with --allow-unsigned$/);
});

test('a folder and an archive are published and installed as they are', async () => {
  await using it = await packed();
  const { platform, installed, archives } = await recordingPlatform();
  await using _platform = platform;
  for (const source of [it.folder, it.file('p.tar.gz')]) {
    const { code, stderr } = await useCli(['packages', 'install', source, '--allow-unsigned', '--api', platform.url]);
    assert.equal(code, EXIT.ok, stderr);
  }
  assert.deepEqual(
    installed.map(({ name, version, allowUntrusted }) => [name, version, allowUntrusted]),
    [
      ['acme/remote', '1.2.0', true],
      ['acme/remote', '1.2.0', true],
    ],
  );
  assert.ok(archives[1] !== undefined && it.archive.equals(archives[1]));
});
