/** The service that `rpc` nodes call, `chaos.v1.WorkService`: one method, from one object to another. */
import { create, createFileRegistry, toBinary, type DescService } from '@bufbuild/protobuf';
import {
  file_google_protobuf_struct,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

/** Names of the service and of its method, as a workflow gives them. */
const SERVICE = 'chaos.v1.WorkService';
export const WORK_METHOD = `${SERVICE}/Work`;

const STRUCT = '.google.protobuf.Struct';
const FILE = create(FileDescriptorProtoSchema, {
  name: 'chaos/v1/work_service.proto',
  package: 'chaos.v1',
  syntax: 'proto3',
  dependency: [file_google_protobuf_struct.proto.name],
  service: [{ name: 'WorkService', method: [{ name: 'Work', inputType: STRUCT, outputType: STRUCT }] }],
});
const FILES = create(FileDescriptorSetSchema, { file: [file_google_protobuf_struct.proto, FILE] });

/** What the service is registered with. */
export const WORK_DESCRIPTORS = toBinary(FileDescriptorSetSchema, FILES);

/** The service, to be served. */
export function workService(): DescService {
  const service = createFileRegistry(FILES).getService(SERVICE);
  if (service === undefined) throw new Error(`there is no ${SERVICE} in its own file`);
  return service;
}
