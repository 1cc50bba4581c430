import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create, toBinary, type DescFile } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { ServerReflection } from '@skein/contracts/grpc';
import { RunService } from '@skein/contracts/scheduler';
import { DescriptorError, findMethod, methodName, methodsOf, readDescriptorSet } from './descriptors.ts';
import { directTransport } from './direct-transport.ts';
import { startGrpcServer } from './grpc-server.ts';
import { reflect } from './reflection-client.ts';
import { remoteTransport } from './remote-transport.ts';
import { bind, type ServiceBinding } from './service-binding.ts';

const RUNS: ServiceBinding = { service: RunService, methods: {} };
const signal = AbortSignal.timeout(10_000);

function withImports(file: DescFile, into = new Map<string, DescFile>()): Map<string, DescFile> {
  if (!into.has(file.name)) {
    into.set(file.name, file);
    for (const dependency of file.dependencies) withImports(dependency, into);
  }
  return into;
}

suite('a server that tells of itself', () => {
  test('is known by all its methods, over gRPC', async () => {
    const server = await startGrpcServer({ port: 0, bindings: [RUNS] });
    using transport = remoteTransport({ protocol: 'grpc', address: server.address, tls: false });
    try {
      const registry = await reflect(transport, signal);
      const names = methodsOf(registry).map(methodName);
      assert.ok(names.includes('skein.scheduler.v1.RunService/StartRun'));
      assert.ok(!names.some((name) => name.startsWith('grpc.')), 'nobody means the infrastructure');
      assert.equal(findMethod(registry, names[0] ?? '')?.name, names[0]?.split('/')[1]);
      assert.equal(findMethod(registry, 'skein.scheduler.v1.RunService/Nothing'), undefined);
    } finally {
      await server.close(0);
    }
  });

  test('and is not there, or serves no reflection, is an error of the call', async () => {
    const nothing = directTransport([RUNS]);
    await assert.rejects(reflect(nothing, signal), (error) => {
      return error instanceof ConnectError && error.code === Code.Unimplemented;
    });
    using away = remoteTransport({ protocol: 'grpc', address: '127.0.0.1:1', tls: false });
    await assert.rejects(reflect(away, signal), (error) => {
      return error instanceof ConnectError && error.code === Code.Unavailable;
    });
  });

  for (const [what, answer] of [
    ['garbage', { case: 'fileDescriptorResponse', value: { fileDescriptorProto: [Uint8Array.of(255, 1)] } }],
    ['an error', { case: 'errorResponse', value: { errorCode: 5, errorMessage: 'hidden' } }],
    ['nothing', { case: undefined }],
  ] as const) {
    test(`with ${what} is an error of descriptors`, async () => {
      const lying = bind(ServerReflection, {
        async *serverReflectionInfo(requests) {
          for await (const { messageRequest } of requests) {
            const listed = { case: 'listServicesResponse' as const, value: { service: [{ name: 'a.B' }] } };
            yield { messageResponse: messageRequest.case === 'listServices' ? listed : answer } as never;
          }
        },
      });
      await assert.rejects(reflect(directTransport([lying]), signal), DescriptorError);
    });
  }
});

suite('a descriptor set', () => {
  const files = [...withImports(RunService.file).values()].map(({ proto }) => proto);

  test('may have its files in any order', () => {
    for (const file of [files, files.toReversed()]) {
      const bytes = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
      const registry = readDescriptorSet(bytes);
      assert.ok(findMethod(registry, 'skein.scheduler.v1.RunService/GetRun'));
    }
  });

  test('without its imports, or that is none, says so', () => {
    const alone = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: files.slice(0, 1) }));
    assert.throws(() => readDescriptorSet(alone), /lacks .*which skein\/scheduler\/v1\/run_service.proto imports/);
    assert.throws(() => readDescriptorSet(Uint8Array.of(0xff, 0xff)), /is no google.protobuf.FileDescriptorSet/);
    assert.throws(() => readDescriptorSet(new Uint8Array(4 * 1024 * 1024 + 1)), /larger than 4194304/);
  });
});
