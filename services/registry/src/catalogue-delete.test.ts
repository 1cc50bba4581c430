/** Versions are deleted where nothing is installed of them, and never become other files. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { DoctorService } from '@skein/contracts/doctor';
import { makeKey, packArchive, signFiles, type PackageFiles } from '@skein/packages';
import { describeError, directTransport } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { registryRig, type RegistryRig } from './testing/registry-rig.ts';

const NAME = 'acme/greeter';
const reason =
  (expected: string, why = /(?:)/) =>
  (error: unknown) => {
    const { reason: actual, message } = describeError(error);
    assert.equal(actual, expected, String(error));
    assert.match(message, why);
    return true;
  };

function filesOf(version: string, runtime = 'template', content = ''): PackageFiles {
  const how =
    runtime === 'template'
      ? 'template: { protocol: http_process, process: { command: node, args: [main.js] } }'
      : "endpoints: { protocol: http_process, endpoints: ['http://127.0.0.1:9'] }";
  const file = (text: string) => ({ data: Buffer.from(text), executable: false });
  return new Map([
    ['agent.yaml', file(`name: ${NAME}\nversion: ${version}\n${how}\n`)],
    ['notes.txt', file(content)],
  ]);
}

const publish = async ({ catalogue }: RegistryRig, files: PackageFiles) =>
  catalogue.publishPackage({ archive: await packArchive(files) });
const remove = ({ catalogue }: RegistryRig, version: string) => catalogue.deletePackageVersion({ name: NAME, version });
const install = ({ catalogue }: RegistryRig, version: string, agentId = 'greeter') =>
  catalogue.installPackage({ name: NAME, version, agentId, allowUntrusted: true });

test('a version is deleted once, and is only ever the same files again', async () => {
  await using rig = await registryRig();
  const { catalogue } = rig;
  for (const version of ['1.0.0', '1.1.0']) await publish(rig, filesOf(version));
  await assert.rejects(remove(rig, '9.0.0'), reason('PACKAGE_NOT_FOUND'));
  await assert.rejects(remove(rig, ''), reason('INVALID_FIELD'));
  assert.deepEqual([(await remove(rig, '1.1.0')).deleted, (await remove(rig, '1.1.0')).deleted], [true, false]);
  await assert.rejects(catalogue.getPackage({ name: NAME, version: '1.1.0' }), reason('PACKAGE_NOT_FOUND'));
  const { packages } = await catalogue.searchPackages({});
  assert.deepEqual(
    packages.map(({ manifest }) => manifest?.version),
    ['1.0.0'],
  );
  const { rows } = await rig.database.pool(1).query('select distinct version from registry.package_chunk');
  assert.deepEqual(rows, [{ version: '1.0.0' }], 'its archive is gone');

  const others = publish(rig, filesOf('1.1.0', 'template', 'other'));
  await assert.rejects(others, reason('PACKAGE_VERSION_EXISTS', /with other files, and deleted/));
  assert.equal((await publish(rig, filesOf('1.1.0'))).created, true);
  assert.equal((await catalogue.getPackage({ name: NAME })).package?.manifest?.version, '1.1.0');
  assert.equal((await remove(rig, '1.1.0')).deleted, true);
});

test('nobody takes a name over whose signed versions are deleted', async () => {
  await using rig = await registryRig();
  const [acme, stranger] = [makeKey(), makeKey()];
  await publish(rig, signFiles(filesOf('1.0.0'), acme.privateKey));
  await remove(rig, '1.0.0');
  await assert.rejects(publish(rig, filesOf('2.0.0')), reason('PACKAGE_UNTRUSTED'));
  await assert.rejects(publish(rig, signFiles(filesOf('2.0.0'), stranger.privateKey)), reason('PACKAGE_UNTRUSTED'));
  await publish(rig, signFiles(filesOf('2.0.0'), acme.privateKey));
});

test('what is installed is not deleted, whether a deployment or an agent', async () => {
  await using rig = await registryRig();
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) {
    await publish(rig, filesOf(version, version === '3.0.0' ? 'endpoints' : 'template'));
  }
  await install(rig, '1.0.0');
  await install(rig, '3.0.0', 'remote');
  await install(rig, '1.0.0', 'second');
  const inUse = (why: RegExp) => reason('PACKAGE_IN_USE', why);
  await assert.rejects(remove(rig, '1.0.0'), inUse(/installed as deployment greeter, deployment second$/));
  await assert.rejects(remove(rig, '3.0.0'), inUse(/installed as agent remote$/));
  await rig.catalogue.uninstallPackage({ agentId: 'remote' });
  assert.equal((await remove(rig, '3.0.0')).deleted, true);
  // Nothing runs of it: there is no executor.
  for (const agentId of ['greeter', 'second']) await rig.catalogue.uninstallPackage({ agentId });
  await eventually(async () => (await remove(rig, '1.0.0').catch(() => undefined)) !== undefined, {
    describe: 'the deployments to be gone',
  });
});

test('a version that was replaced is deleted; nobody goes back to it then', async () => {
  await using rig = await registryRig();
  for (const version of ['1.0.0', '2.0.0']) await publish(rig, filesOf(version));
  await install(rig, '1.0.0');
  const { installed } = await install(rig, '2.0.0');
  assert.ok(installed.case === 'deployment');
  await remove(rig, '1.0.0');
  const back = rig.deployments.rollbackDeployment({ deploymentId: 'greeter' });
  await assert.rejects(back, reason('PACKAGE_NOT_FOUND', /1\.0\.0 with digest sha256:/));
  const { deployment } = await rig.deployments.getDeployment({ deploymentId: 'greeter' });
  assert.equal(deployment?.template?.version, '2.0.0', 'nothing has changed');
});

test('of installing and deleting at the same moment, one is refused', async () => {
  await using rig = await registryRig();
  await using other = await rig.another();
  for (let round = 0; round < 12; round += 1) {
    const version = `1.0.${round}`;
    await publish(rig, filesOf(version));
    const [installed, removed] = await Promise.allSettled([
      install(rig, version, `agent-${round}`),
      other.catalogue.deletePackageVersion({ name: NAME, version }),
    ]);
    assert.notEqual(installed.status, removed.status, version);
    if (installed.status === 'rejected') reason('PACKAGE_NOT_FOUND')(installed.reason);
    if (removed.status === 'rejected') reason('PACKAGE_IN_USE')(removed.reason);
  }
});

test('the audit names deployments whose files are missing', async () => {
  await using rig = await registryRig();
  await publish(rig, filesOf('1.0.0'));
  await install(rig, '1.0.0');
  await rig.database.pool(1).query('delete from registry.package');
  const doctor = createClient(DoctorService, directTransport(rig.service.bindings));
  const { audits } = await doctor.audit({});
  const findings = (audits[0]?.findings ?? []).map(({ code, samples }) => [code, samples]);
  assert.deepEqual(findings, [['PACKAGE_MISSING', ['default/greeter acme/greeter@1.0.0']]]);
});
