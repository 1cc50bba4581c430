/** What is a package, what is none, and what a signature says. */
import assert from 'node:assert/strict';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { temporaryDirectory } from '@skein/testkit';
import { pack, type Header } from 'tar-stream';
import {
  digestOf,
  digestOfFolder,
  makeKey,
  openFiles,
  openPackage,
  packArchive,
  PackageInvalidError,
  PackageSignatureError,
  readArchive,
  readFolder,
  readPublicKey,
  removeFolder,
  signFiles,
  SIGNATURE_FILE,
  writeFolder,
  type PackageFile,
} from './index.ts';

const MANIFEST = `
name: acme/greeter
version: 1.0.0
template:
  protocol: http_process
  process: { command: node }
  stop_timeout: 30s
`;

const text = (content: string, executable = false): PackageFile => ({ data: Buffer.from(content), executable });
const files = (manifest = MANIFEST) =>
  new Map([
    ['agent.yaml', text(manifest)],
    ['bin/run', text('#!/bin/sh\n', true)],
  ]);

async function tarOf(...entries: readonly (Partial<Header> & { readonly content?: string })[]): Promise<Buffer> {
  const tar = pack();
  const packed = buffer(tar);
  for (const { content = '', ...header } of entries) tar.entry({ name: '', ...header }, content);
  tar.finalize();
  return gzipSync(await packed);
}

test('the same files make the same archive, and come out of it as they went in', async () => {
  const archive = await packArchive(files());
  assert.deepEqual(await packArchive(new Map([...files()].toReversed())), archive);
  assert.deepEqual(await readArchive(archive), files());
  const { manifest, digest, signature, fileCount } = await openPackage(archive);
  assert.deepEqual([manifest.name, manifest.version, signature, fileCount], ['acme/greeter', '1.0.0', undefined, 2]);
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  const made = await tarOf(
    { name: './bin/run', mode: 0o755, content: '#!/bin/sh\n' },
    { name: './agent.yaml', content: MANIFEST },
  );
  assert.equal((await openPackage(made)).digest, digest, 'the digest is of the files, not of the archive');
  const { 'bin/run': _run, ...rest } = Object.fromEntries(files());
  assert.notEqual(
    digestOf(new Map(Object.entries({ ...rest, 'bin/run': text('#!/bin/sh\n') }))),
    digest,
    'modes count',
  );
});

test('archives that lead elsewhere, or are too much, are refused', async () => {
  const manifest = { name: 'agent.yaml', content: MANIFEST };
  for (const [entry, why] of [
    [{ name: '../x' }, /below the folder/],
    [{ name: 'a/../../x' }, /below the folder/],
    [{ name: '/etc/passwd' }, /below the folder/],
    [{ name: String.raw`..\x` }, /characters/],
    [{ name: 'C:x' }, /characters/],
    [{ name: 'a', type: 'symlink', linkname: '/etc' }, /links/],
    [{ name: 'a', type: 'link', linkname: 'agent.yaml' }, /links/],
    [{ name: 'a', type: 'character-device' }, /links and devices/],
    [{ name: 'agent.yaml' }, /twice/],
    [{ name: 'AGENT.yaml' }, /case/],
    [{ name: 'agent.yaml/x' }, /both a file and a folder/],
    [{ name: 'x'.repeat(256) }, /255/],
  ] as const) {
    await assert.rejects(readArchive(await tarOf(manifest, entry)), (error: Error) => {
      assert.ok(error instanceof PackageInvalidError);
      assert.match(error.message, why);
      return true;
    });
  }
  const invalid = (error: unknown) => error instanceof PackageInvalidError;
  await assert.rejects(readArchive(Buffer.from('no archive')), invalid);
  await assert.rejects(readArchive((await packArchive(files())).subarray(0, 60)), invalid);
  await assert.rejects(readArchive(gzipSync(Buffer.alloc(100 * 1024 * 1024))), /at most 12582912 bytes/);
  await assert.rejects(readArchive(Buffer.alloc(13 * 1024 * 1024)), /at most 12582912 bytes/);
  const many = Array.from({ length: 10_001 }, (_, number) => ({ name: `f${number}` }));
  await assert.rejects(readArchive(await tarOf(...many)), /10000 files/);
});

test('a folder is read without links and leftovers', async () => {
  await using folder = await temporaryDirectory();
  await writeFile(join(folder.path, 'agent.yaml'), MANIFEST);
  await writeFile(join(folder.path, '.DS_Store'), 'x');
  assert.deepEqual([...(await readFolder(folder.path)).keys()], ['agent.yaml']);
  await symlink('/etc/passwd', join(folder.path, 'out'));
  await assert.rejects(readFolder(folder.path), /out: leave out links/);
});

test('files go into a folder as they are, once, and are known by what is there', async () => {
  await using parent = await temporaryDirectory();
  const folder = join(parent.path, 'package');
  await writeFolder(folder, files());
  assert.equal(await digestOfFolder(folder), digestOf(files()));
  assert.deepEqual(await readFolder(folder), files());
  await assert.rejects(writeFolder(folder, files()), /EEXIST/);
  await assert.rejects(writeFolder(join(parent.path, 'none'), new Map([['../x', text('')]])), PackageInvalidError);
  await chmod(join(folder, 'bin/run'), 0o644);
  assert.notEqual(await digestOfFolder(folder), digestOf(files()));
  await removeFolder(folder);
  await removeFolder(folder);
  await assert.rejects(digestOfFolder(folder), /ENOENT/);
});

test('a manifest that no package can have is refused with its field', () => {
  for (const [manifest, why] of [
    ['', /agent\.yaml/],
    [MANIFEST.replace('acme/greeter', 'greeter'), /name: give PUBLISHER\/NAME/],
    [MANIFEST.replace('1.0.0', 'v1'), /version/],
    [MANIFEST.replace('30s', 'soon'), /template\.stop_timeout/],
    [`${MANIFEST}  agent_id: x\n`, /template\.agent_id/],
    [`${MANIFEST}  secret_env: { A: b }\n`, /template\.secret_env/],
    [`${MANIFEST}config_schema: { type: strin }\n`, /config_schema/],
    [`${MANIFEST}routing: {}\n`, /routing/],
    ['name: a/b\nversion: 1.0.0\n', /`template` or `endpoints`/],
    ['name: a/b\nversion: 1.0.0\nreplicas: 2\nendpoints: { endpoints: [x] }\n', /replicas/],
  ] as const) {
    assert.throws(
      () => openFiles(files(manifest)),
      (error: Error) => {
        assert.ok(error instanceof PackageInvalidError, String(error));
        assert.match(error.message, why);
        return true;
      },
    );
  }
});

test('a signature holds for exactly these files and this key', () => {
  const key = makeKey();
  const signed = signFiles(files(), key.privateKey);
  assert.deepEqual(openFiles(signed).signature, readPublicKey(key.publicKey));
  assert.equal(openFiles(signed).digest, digestOf(files()), 'a signature does not change what is signed');
  assert.equal(openFiles(signFiles(signed, makeKey().privateKey)).fileCount, 2);
  const tampered = [
    new Map(signed).set('bin/run', text('#!/bin/sh\nrm -rf /\n', true)),
    new Map(signed).set('more', text('')),
    new Map(signed).set('bin/run', text('#!/bin/sh\n')),
    new Map(signed).set(SIGNATURE_FILE, text('{}')),
    new Map(signed).set(SIGNATURE_FILE, text('no json')),
    withSignature(signed, { public_key: makeKey().publicKey }),
    withSignature(signed, { key_id: 'x' }),
    withSignature(signed, { algorithm: 'none' }),
    withSignature(signed, { signature: Buffer.alloc(64).toString('base64') }),
  ];
  for (const changed of tampered) assert.throws(() => openFiles(changed), PackageSignatureError);
  assert.throws(() => signFiles(files(), key.publicKey), PackageSignatureError);
  assert.throws(() => readPublicKey(key.privateKey), /private key/);
});

function withSignature(signed: ReadonlyMap<string, PackageFile>, change: object): ReadonlyMap<string, PackageFile> {
  const before = JSON.parse(signed.get(SIGNATURE_FILE)?.data.toString() ?? '{}') as object;
  return new Map(signed).set(SIGNATURE_FILE, text(JSON.stringify({ ...before, ...change })));
}
