/** What a namespace installs at all: its policy holds wherever a template is written down, and narrows trust. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ContainerRuntimeSchema } from '@skein/contracts/registry';
import { makeKey, packArchive, signFiles, type SigningKey } from '@skein/packages';
import { describeError } from '@skein/rpc';
import { registryRig, type RegistryRig } from './testing/registry-rig.ts';

const NAME = 'acme/greeter';
const untrusted = (why: RegExp) => (error: unknown) => {
  const { reason, message } = describeError(error);
  assert.equal(reason, 'PACKAGE_UNTRUSTED', String(error));
  assert.match(message, why);
  return true;
};

async function publish({ catalogue }: RegistryRig, version: string, key?: SigningKey, namespace = 'default') {
  const manifest = `name: ${NAME}\nversion: ${version}\ntemplate: { protocol: grpc, process: { command: ./agent } }\n`;
  const files = new Map([['agent.yaml', { data: Buffer.from(manifest), executable: false }]]);
  const archive = await packArchive(key === undefined ? files : signFiles(files, key.privateKey));
  return catalogue.publishPackage({ namespace, archive });
}

const install = ({ catalogue }: RegistryRig, version: string, namespace = 'default') =>
  catalogue.installPackage({ namespace, name: NAME, version, allowUntrusted: true });

test('a policy is set as a whole, and holds in its namespace alone', async () => {
  await using rig = await registryRig();
  const { catalogue } = rig;
  const none = (await catalogue.getInstallPolicy({})).policy;
  assert.deepEqual(
    [none?.namespace, none?.requireSignature, none?.allowedKeyIds, none?.updatedAt],
    ['default', false, [], undefined],
  );
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];
  const first = (await catalogue.setInstallPolicy({ requireSignature: true, allowedKeyIds: [b, a, b] })).policy;
  assert.deepEqual([first?.requireSignature, first?.allowedKeyIds], [true, [a, b]]);
  const again = (await catalogue.setInstallPolicy({ requireSignature: true, allowedKeyIds: [a, b] })).policy;
  assert.deepEqual(again, first, 'nothing has changed');
  assert.equal((await catalogue.setInstallPolicy({ allowedKeyIds: [a] })).policy?.requireSignature, false);
  assert.deepEqual((await catalogue.getInstallPolicy({ namespace: 'other' })).policy?.allowedKeyIds, []);
  for (const wrong of [['x'], Array.from({ length: 101 }, () => a)]) {
    await assert.rejects(catalogue.setInstallPolicy({ allowedKeyIds: wrong }), /INVALID_ARGUMENT|invalid_argument/i);
  }
});

test('where a signature is required nobody installs without one, and nobody applies around it', async () => {
  await using rig = await registryRig();
  const { catalogue, deployments } = rig;
  await publish(rig, '1.0.0');
  await publish(rig, '1.1.0');
  await install(rig, '1.0.0');
  const { installed } = await install(rig, '1.1.0');
  assert.ok(installed.case === 'deployment');
  const { template } = installed.value;
  assert.ok(template);
  await catalogue.setInstallPolicy({ requireSignature: true });

  await assert.rejects(install(rig, '1.0.0'), untrusted(/is not signed/));
  const deployment = { deploymentId: 'mine', template: { ...template, agentId: 'mine' } };
  await assert.rejects(deployments.applyDeployment({ deployment }), untrusted(/is not signed/));
  await assert.rejects(deployments.rollbackDeployment({ deploymentId: 'greeter' }), untrusted(/1\.0\.0/));
  const { deployment: there } = await deployments.getDeployment({ deploymentId: 'greeter' });
  assert.equal(there?.template?.version, '1.1.0', 'what is installed stays');
  await deployments.scaleDeployment({ deploymentId: 'greeter', replicas: 3 });
  // Its program is not a file of the package.
  const runtime = { case: 'container' as const, value: create(ContainerRuntimeSchema, { image: 'greeter:1' }) };
  await deployments.applyDeployment({ deployment: { ...deployment, template: { ...deployment.template, runtime } } });
  await publish(rig, '1.0.0', undefined, 'other');
  await install(rig, '1.0.0', 'other');
});

test('of the trusted keys those count that are allowed, and no other does for being allowed', async () => {
  await using rig = await registryRig();
  const { catalogue } = rig;
  const [old, current, stranger] = [makeKey(), makeKey(), makeKey()];
  for (const { publicKey } of [old, current]) await catalogue.trustKey({ publisher: 'acme', publicKey });
  await publish(rig, '1.0.0', old);
  await publish(rig, '2.0.0', current);
  await catalogue.setInstallPolicy({ requireSignature: true, allowedKeyIds: [current.keyId, stranger.keyId] });
  await install(rig, '2.0.0');
  await assert.rejects(install(rig, '1.0.0'), untrusted(/none of the keys that this namespace installs/));
  await catalogue.setInstallPolicy({ allowedKeyIds: [current.keyId] });
  await install(rig, '1.0.0');
  const cautious = catalogue.installPackage({ name: NAME, version: '1.0.0' });
  await assert.rejects(cautious, untrusted(/none of the keys/), 'without a word that it is allowed');
  await catalogue.setInstallPolicy({ requireSignature: true, allowedKeyIds: [current.keyId, stranger.keyId] });
  await catalogue.distrustKey({ keyId: current.keyId });
  await assert.rejects(install(rig, '2.0.0'), untrusted(/which is not trusted/));
});
