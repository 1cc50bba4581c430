/** Packages: published, found, fetched and installed; and everything that is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHash } from 'node:crypto';
import type { InstallPackageRequestSchema } from '@skein/contracts/registry';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { makeKey, packArchive, signFiles, type PackageFiles } from '@skein/packages';
import { describeError } from '@skein/rpc';
import { registryRig, TRANSPORTS, type RegistryRig } from './testing/registry-rig.ts';

const reason = (expected: string) => (error: unknown) => {
  assert.equal(describeError(error).reason, expected, String(error));
  return true;
};
const NAME = 'acme/greeter';

function filesOf(manifest: string, content = ''): PackageFiles {
  const file = (text: string | Buffer) => ({ data: Buffer.from(text), executable: false });
  return new Map([
    ['agent.yaml', file(manifest)],
    ['notes.txt', file(content)],
  ]);
}

const greeter = (version: string, more = '', name = NAME) => `
name: ${name}
version: ${version}
description: Greets people
agent_type: processor
capabilities: [greet]
replicas: 2
template:
  protocol: http_process
  process: { command: node, args: [main.js] }
  env: { MODE: fast, WORD: hello }
  config: { tone: kind }
config_schema:
  properties: { tone: { enum: [kind, dry] }, loud: { type: boolean } }
  additionalProperties: false
secrets: { API_KEY: for the model }
${more}`;

test('the files of a package may be where a process works; a package that cannot be one is not applied', async () => {
  await using rig = await registryRig();
  const inFolder = greeter('1.0.0').replace('args: [main.js]', "working_directory: '${PACKAGE}/src'");
  await publish(rig, filesOf(inFolder));
  const { installed } = await rig.catalogue.installPackage(WISHES);
  assert.ok(installed.case === 'deployment');
  const { template } = installed.value;
  assert.ok(template?.package);
  for (const wrong of [{ name: 'greeter' }, { version: '' }, { digest: 'sha256:../..' }, undefined]) {
    const source = wrong && { ...template.package, ...wrong };
    const deployment = { deploymentId: 'mine', template: { ...template, package: source } };
    await assert.rejects(rig.deployments.applyDeployment({ deployment }), reason('INVALID_FIELD'));
  }
});

const publish = async ({ catalogue }: RegistryRig, files: PackageFiles) =>
  catalogue.publishPackage({ archive: await packArchive(files) });

const WISHES: MessageInitShape<typeof InstallPackageRequestSchema> = {
  name: NAME,
  secretEnv: { API_KEY: 'k' },
  allowUntrusted: true,
};

for (const transport of TRANSPORTS) {
  test(`a package is published once, found, and comes back as it went in, from anywhere on (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    const { catalogue } = rig;
    const noise = Array.from({ length: 12_000 }, (_, n) => createHash('sha512').update(String(n)).digest('hex')).join(
      '',
    );
    const archive = await packArchive(filesOf(greeter('1.0.0'), noise));
    const { package: first, created } = await catalogue.publishPackage({ archive });
    assert.deepEqual([created, first?.manifest?.name, first?.fileCount, first?.keyId], [true, NAME, 2, '']);
    assert.equal((await catalogue.publishPackage({ archive })).created, false);
    await assert.rejects(publish(rig, filesOf(greeter('1.0.0'), 'other')), reason('PACKAGE_VERSION_EXISTS'));
    for (const offset of [0, 100, 300_000, archive.length]) {
      const pieces: Uint8Array[] = [];
      const asked = { name: NAME, version: '1.0.0', digest: first?.digest ?? '', offsetBytes: BigInt(offset) };
      for await (const { data } of catalogue.downloadPackage(asked)) pieces.push(data);
      assert.ok(Buffer.concat(pieces).equals(archive.subarray(offset)), `from ${offset}`);
    }
    const drained = async (request: Parameters<typeof catalogue.downloadPackage>[0]) => {
      for await (const _piece of catalogue.downloadPackage(request)) void _piece;
    };
    await assert.rejects(drained({ name: NAME, offsetBytes: BigInt(archive.length + 1) }), reason('INVALID_FIELD'));
    await assert.rejects(drained({ name: NAME, digest: 'sha256:0' }), reason('PACKAGE_NOT_FOUND'));
    await assert.rejects(catalogue.getPackage({ name: NAME, namespace: 'other' }), reason('PACKAGE_NOT_FOUND'));
    await assert.rejects(catalogue.getPackage({ name: NAME, version: '^2' }), reason('PACKAGE_NOT_FOUND'));
  });
}

test('the newest version that is not yanked is found and chosen', async () => {
  await using rig = await registryRig();
  const { catalogue } = rig;
  for (const version of ['1.10.0', '1.9.0', '2.0.0-rc.1']) await publish(rig, filesOf(greeter(version)));
  await publish(
    rig,
    filesOf(greeter('1.0.0', '', 'zeta/billing').replace('Greets', 'Bills').replace('[greet]', '[pay]')),
  );
  const chosen = async (version: string) =>
    (await catalogue.getPackage({ name: NAME, version })).package?.manifest?.version;
  assert.deepEqual(await Promise.all(['', '^1.9', '~1.9.0', '2.0.0-rc.1'].map(chosen)), [
    '1.10.0',
    '1.10.0',
    '1.9.0',
    '2.0.0-rc.1',
  ]);
  const found = async (search: Parameters<typeof catalogue.searchPackages>[0]) =>
    (await catalogue.searchPackages(search)).packages.map(({ manifest }) => `${manifest?.name}@${manifest?.version}`);
  assert.deepEqual(await found({}), ['acme/greeter@1.10.0', 'zeta/billing@1.0.0']);
  assert.deepEqual(await found({ text: 'bILLs' }), ['zeta/billing@1.0.0']);
  assert.deepEqual(await found({ capability: 'greet', publisher: 'acme', agentType: 'processor' }), [
    'acme/greeter@1.10.0',
  ]);
  assert.deepEqual(await found({ capability: 'greet', publisher: 'zeta' }), []);
  const first = await catalogue.searchPackages({ pageSize: 1 });
  assert.deepEqual(await found({ pageSize: 1, pageToken: first.nextPageToken }), ['zeta/billing@1.0.0']);
  await assert.rejects(
    catalogue.searchPackages({ text: 'x', pageToken: first.nextPageToken }),
    reason('INVALID_CURSOR'),
  );

  await catalogue.yankPackage({ name: NAME, version: '1.10.0' });
  assert.equal(await chosen('^1'), '1.9.0');
  assert.equal(await chosen('1.10.0'), '1.10.0', 'who names it still gets it');
  assert.deepEqual(await found({ publisher: 'acme' }), ['acme/greeter@1.9.0']);
  await catalogue.yankPackage({ name: NAME, version: '1.10.0', undo: true });
  assert.deepEqual(await found({ publisher: 'acme' }), ['acme/greeter@1.10.0']);
  const { packages } = await catalogue.listPackageVersions({ name: NAME });
  assert.deepEqual(
    packages.map(({ manifest }) => manifest?.version),
    ['2.0.0-rc.1', '1.10.0', '1.9.0'],
  );
  await assert.rejects(catalogue.yankPackage({ name: NAME, version: '9.0.0' }), reason('PACKAGE_NOT_FOUND'));
});

test('of many that publish one version at a time, with other files, one wins', async () => {
  await using rig = await registryRig();
  await using other = await rig.another();
  const attempts = Array.from({ length: 8 }, async (_, number) => {
    const archive = await packArchive(filesOf(greeter('1.0.0'), `${number % 4}`));
    return (number % 2 === 0 ? rig : other).catalogue.publishPackage({ archive });
  });
  const settled = await Promise.allSettled(attempts);
  const done = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  assert.equal(done.filter(({ created }) => created).length, 1);
  assert.equal(new Set(done.map(({ package: published }) => published?.digest)).size, 1);
  for (const each of settled) if (each.status === 'rejected') reason('PACKAGE_VERSION_EXISTS')(each.reason);
});

test('only packages signed by a trusted key are installed, unless somebody says otherwise', async () => {
  await using rig = await registryRig();
  const { catalogue } = rig;
  const [acme, stranger] = [makeKey(), makeKey()];
  await publish(rig, signFiles(filesOf(greeter('1.0.0')), acme.privateKey));
  const install = () => catalogue.installPackage({ ...WISHES, allowUntrusted: false });
  await assert.rejects(install(), reason('PACKAGE_UNTRUSTED'));
  await catalogue.trustKey({ publisher: 'zeta', publicKey: acme.publicKey });
  await assert.rejects(install(), reason('PACKAGE_UNTRUSTED'), 'a key is trusted with the packages of one publisher');
  await catalogue.trustKey({ publisher: 'acme', publicKey: acme.publicKey });
  const { installed } = await install();
  assert.equal(installed.case, 'deployment');

  // Another publisher of the same name.
  const theirs = signFiles(filesOf(greeter('2.0.0'), 'theirs'), stranger.privateKey);
  await assert.rejects(publish(rig, theirs), reason('PACKAGE_UNTRUSTED'));
  await assert.rejects(publish(rig, filesOf(greeter('2.0.0'))), reason('PACKAGE_UNTRUSTED'), 'nor without a signature');
  await catalogue.trustKey({ publisher: 'acme', publicKey: stranger.publicKey });
  assert.equal((await publish(rig, theirs)).package?.trusted, true);

  const tampered = new Map(theirs).set('notes.txt', { data: Buffer.from('changed'), executable: false });
  await assert.rejects(publish(rig, tampered), reason('PACKAGE_SIGNATURE_INVALID'));
  const keyId = stranger.keyId;
  assert.deepEqual(
    (await catalogue.listTrustedKeys({})).keys.map((key) => key.publisher),
    ['acme', 'acme', 'zeta'],
  );
  assert.deepEqual(
    [(await catalogue.distrustKey({ keyId })).removed, (await catalogue.distrustKey({ keyId })).removed],
    [true, false],
  );
  await assert.rejects(install(), reason('PACKAGE_UNTRUSTED'));
  await assert.rejects(catalogue.trustKey({ publisher: 'acme', publicKey: 'x' }), reason('INVALID_FIELD'));
});

test('an archive that is not what was published is not installed, whoever allows it', async () => {
  await using rig = await registryRig();
  await publish(rig, filesOf(greeter('1.0.0')));
  const other = await packArchive(filesOf(greeter('1.0.0'), 'other'));
  const pool = rig.database.pool(1);
  await pool.query('update registry.package_chunk set data = $1', [other]);
  await pool.query('update registry.package set size_bytes = $1', [other.length]);
  await assert.rejects(rig.catalogue.installPackage(WISHES), reason('PACKAGE_SIGNATURE_INVALID'));
});

test('a template is applied as the installer wants it, upgraded, and taken back', async () => {
  await using rig = await registryRig();
  const { catalogue, deployments } = rig;
  const { package: first } = await publish(rig, filesOf(greeter('1.0.0')));
  const wishes = { ...WISHES, env: { WORD: 'hi' }, config: { loud: true } };
  const { installed } = await catalogue.installPackage(wishes);
  assert.partialDeepStrictEqual(installed.value, {
    deploymentId: 'greeter',
    replicas: 2,
    template: {
      agentId: 'greeter',
      version: '1.0.0',
      env: { MODE: 'fast', WORD: 'hi' },
      secretEnv: { API_KEY: 'k' },
      config: { tone: 'kind', loud: true },
      package: { name: NAME, version: '1.0.0', digest: first?.digest },
    },
    status: { revision: 1n },
  });
  await deployments.scaleDeployment({ deploymentId: 'greeter', replicas: 4 });
  await publish(rig, filesOf(greeter('1.1.0')));
  const upgraded = (await catalogue.installPackage({ ...wishes, version: '^1.1' })).installed.value;
  assert.partialDeepStrictEqual(upgraded, { replicas: 4, template: { version: '1.1.0' }, status: { revision: 2n } });
  const again = (await catalogue.installPackage({ ...wishes, version: '^1.1' })).installed.value;
  assert.partialDeepStrictEqual(again, { status: { revision: 2n } });

  await catalogue.installPackage({ ...wishes, agentId: 'second', replicas: 0 });
  await publish(rig, filesOf(greeter('1.0.0', '', 'zeta/greeter')));
  await assert.rejects(catalogue.installPackage({ ...WISHES, name: 'zeta/greeter' }), reason('INVALID_FIELD'));
  for (const wrong of [
    { config: { tone: 'rude' } },
    { config: { other: 1 } },
    { secretEnv: {} },
    { secretEnv: { API_KEY: 'k', OTHER: 'k' } },
    { replicas: -1 },
    { env: { 'a b': 'c' } },
    { version: 'newest' },
  ]) {
    await assert.rejects(
      catalogue.installPackage({ ...WISHES, ...wrong }),
      reason('INVALID_FIELD'),
      JSON.stringify(wrong),
    );
  }
  const { package: gone } = await catalogue.uninstallPackage({ agentId: 'greeter' });
  assert.partialDeepStrictEqual(gone, { name: NAME, version: '1.1.0' });
  await assert.rejects(catalogue.uninstallPackage({ agentId: 'nobody' }), reason('PACKAGE_NOT_FOUND'));
});

const REMOTE = (version: string) => `
name: acme/remote
version: ${version}
description: Answers already
capabilities: [greet]
labels: { tier: gold }
endpoints: { protocol: http_process, endpoints: ['http://127.0.0.1:9'] }
routing: { strategy: round_robin, limit: { max_concurrency: 3 } }
`;

test('an agent that answers already is registered with its card, upgraded, and unregistered', async () => {
  await using rig = await registryRig();
  const { catalogue, client } = rig;
  for (const version of ['1.0.0', '2.0.0']) {
    await publish(rig, filesOf(REMOTE(version)));
    const { installed } = await catalogue.installPackage({ name: 'acme/remote', allowUntrusted: true });
    assert.partialDeepStrictEqual(installed.value, {
      agentId: 'remote',
      version,
      capabilities: ['greet'],
      labels: { tier: 'gold', 'skein.package': 'acme/remote', 'skein.package.version': version },
      routing: { limit: { maxConcurrency: 3 } },
    });
    assert.equal(installed.case === 'agent' && installed.value.versions.length, 1);
  }
  const wrong = { name: 'acme/remote', allowUntrusted: true, replicas: 2 };
  await assert.rejects(catalogue.installPackage(wrong), reason('INVALID_FIELD'));
  await catalogue.uninstallPackage({ agentId: 'remote' });
  await assert.rejects(client.getAgent({ agentId: 'remote' }), reason('AGENT_NOT_FOUND'));
  await client.registerAgent({ agentId: 'remote', endpoints: ['http://127.0.0.1:9'], protocol: 2, version: '1.0.0' });
  await assert.rejects(catalogue.uninstallPackage({ agentId: 'remote' }), reason('PACKAGE_NOT_FOUND'));
  await assert.rejects(
    catalogue.installPackage({ name: 'acme/remote', allowUntrusted: true }),
    reason('INVALID_FIELD'),
    'what somebody else has registered is left alone',
  );
});

test('what can never be installed is not published', async () => {
  await using rig = await registryRig();
  await assert.rejects(rig.catalogue.publishPackage({}), reason('INVALID_FIELD'));
  await assert.rejects(rig.catalogue.publishPackage({ archive: Buffer.from('x') }), reason('PACKAGE_INVALID'));
  for (const manifest of [
    greeter('1.0.0').replace('node,', `'',`),
    greeter('1.0.0').replace('http_process', 'pull'),
    greeter('1.0.0').replace('args: [main.js]', 'working_directory: src'),
    greeter('1.0.0').replace('replicas: 2', 'replicas: 1001'),
    REMOTE('1.0.0').replace('http://127.0.0.1:9', 'nowhere'),
    greeter('1.0.0').replace('Greets people', '"\\0"'),
  ]) {
    await assert.rejects(publish(rig, filesOf(manifest)), reason('INVALID_FIELD'), manifest);
  }
  assert.deepEqual((await rig.catalogue.searchPackages({})).packages, []);
});
