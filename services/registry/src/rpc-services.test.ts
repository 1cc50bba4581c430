/** Rpc services: registered, listed, forgotten, and asked for their methods. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { create, toBinary, type DescFile, type MessageInitShape } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { RpcProtocol, type RegisterServiceRequestSchema } from '@skein/contracts/registry';
import { LlmService } from '@skein/contracts/llm';
import { describeError, startGrpcServer } from '@skein/rpc';
import { freePort } from '@skein/testkit';
import { registryRig, TRANSPORTS } from './testing/registry-rig.ts';

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;
const ADDRESS = '127.0.0.1:9100';

function filesOf(file: DescFile, into = new Map<string, FileDescriptorProto>()): FileDescriptorProto[] {
  into.set(file.name, file.proto);
  for (const dependency of file.dependencies) if (!into.has(dependency.name)) filesOf(dependency, into);
  return [...into.values()];
}

const setOf = (file: FileDescriptorProto[]) =>
  toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));

for (const transport of TRANSPORTS) {
  test(`a service is what it was last registered as, to every registry (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    const descriptorSet = setOf(filesOf(LlmService.file));
    const first = await rig.services.registerService({ serviceId: 'model', addresses: [ADDRESS], descriptorSet });
    assert.equal(first.created, true);
    assert.deepEqual(first.service?.serviceNames, ['skein.llm.v1.LlmService']);
    const digest = createHash('sha256').update(descriptorSet).digest();
    assert.deepEqual(Buffer.from(first.service.descriptorDigest), digest);
    const { descriptorSet: kept } = await rig.services.getService({ serviceId: 'model', includeDescriptorSet: true });
    assert.deepEqual(Buffer.from(kept), Buffer.from(descriptorSet));
    const more = { protocol: RpcProtocol.CONNECT, tls: true, description: 'asks models' };
    const again = await rig.services.registerService({ serviceId: 'model', addresses: ['b:2', 'a:1', 'b:2'], ...more });
    assert.equal(again.created, false);
    await using other = await rig.another();
    const { service, descriptorSet: gone } = await other.services.getService({
      serviceId: 'model',
      includeDescriptorSet: true,
    });
    assert.partialDeepStrictEqual(service, { ...more, addresses: ['b:2', 'a:1'], serviceNames: [] });
    assert.equal(gone.length, 0, 'what is not given again is gone');
    await rig.services.deleteService({ serviceId: 'model' });
    await assert.rejects(rig.services.getService({ serviceId: 'model' }), reason('SERVICE_NOT_FOUND'));
    await assert.rejects(rig.services.deleteService({ serviceId: 'model' }), reason('SERVICE_NOT_FOUND'));
  });
}

test('pages come in the order of the ids, each namespace for itself', async () => {
  await using rig = await registryRig();
  const ids = ['B', 'a', 'a.1', 'z'];
  for (const serviceId of ids.toReversed()) await rig.services.registerService({ serviceId, addresses: [ADDRESS] });
  await rig.services.registerService({ namespace: 'other', serviceId: 'x', addresses: [ADDRESS] });
  const first = await rig.services.listServices({ pageSize: 3 });
  const second = await rig.services.listServices({ pageSize: 3, pageToken: first.nextPageToken });
  assert.deepEqual(
    [...first.services, ...second.services].map(({ serviceId }) => serviceId),
    ids,
  );
  assert.equal(second.nextPageToken, '');
  await assert.rejects(
    rig.services.listServices({ namespace: 'other', pageToken: first.nextPageToken }),
    reason('INVALID_CURSOR'),
  );
  await assert.rejects(rig.services.getService({ namespace: 'other', serviceId: 'a' }), reason('SERVICE_NOT_FOUND'));
});

test('every wrong field is named at once, and nothing is kept', async () => {
  await using rig = await registryRig();
  const wrong: MessageInitShape<typeof RegisterServiceRequestSchema> = {
    namespace: 'X',
    serviceId: 'a b',
    description: 'd'.repeat(4097),
    protocol: 9 as RpcProtocol,
    addresses: ['http://a:1', 'a:1', 'a', 'a:0'],
    descriptorSet: Uint8Array.of(255),
  };
  await assert.rejects(rig.services.registerService(wrong), (error) => {
    assert.deepEqual(
      describeError(error).violations.map(({ field }) => field),
      [
        'namespace',
        'service_id',
        'description',
        'protocol',
        'addresses[0]',
        'addresses[2]',
        'addresses[3]',
        'descriptor_set',
      ],
    );
    return true;
  });
  const alone = setOf(filesOf(LlmService.file).slice(0, 1));
  for (const [descriptorSet, why] of [
    [alone, /lacks .* which .* imports/],
    [setOf(filesOf(LlmService.file).filter(({ service }) => service.length === 0)), /has no service/],
  ] as const) {
    const request = { serviceId: 'a', addresses: [ADDRESS], descriptorSet };
    await assert.rejects(rig.services.registerService(request), (error) => why.test(describeError(error).message));
  }
  assert.deepEqual((await rig.services.listServices({})).services, []);
});

test('methods are those of the descriptor set, else those that the server tells of', async () => {
  await using rig = await registryRig();
  const server = await startGrpcServer({ port: 0, bindings: [{ service: LlmService, methods: {} }] });
  try {
    const away = `127.0.0.1:${await freePort()}`;
    await rig.services.registerService({ serviceId: 'told', addresses: [away, server.address] });
    const descriptorSet = setOf(filesOf(LlmService.file));
    await rig.services.registerService({ serviceId: 'uploaded', addresses: [away], descriptorSet });
    const told = await rig.services.listMethods({ serviceId: 'told' });
    const uploaded = await rig.services.listMethods({ serviceId: 'uploaded' });
    assert.deepEqual(told.methods, uploaded.methods);
    const [complete] = told.methods;
    assert.partialDeepStrictEqual(complete, {
      method: 'skein.llm.v1.LlmService/Complete',
      inputType: 'skein.llm.v1.CompleteRequest',
      outputType: 'skein.llm.v1.CompleteResponse',
      streaming: false,
    });
    assert.equal(told.methods.find(({ method }) => method.endsWith('/StreamComplete'))?.streaming, true);
    await rig.services.registerService({ serviceId: 'away', addresses: [away] });
    await assert.rejects(rig.services.listMethods({ serviceId: 'away' }), reason('SERVICE_UNAVAILABLE'));
    await assert.rejects(rig.services.listMethods({ serviceId: 'nobody' }), reason('SERVICE_NOT_FOUND'));
  } finally {
    await server.close(0);
  }
});
