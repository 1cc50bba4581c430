import { toBinary, type DescFile } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import { ServerReflection, type ServerReflectionRequest } from '@skein/contracts/grpc';
import { bind, type ServiceBinding } from './service-binding.ts';

/** Standard reflection over the given services, so that grpcurl and its like need no .proto files. */
export function reflectionBinding(bindings: readonly ServiceBinding[]): ServiceBinding {
  const services = [...bindings.map((binding) => binding.service), ServerReflection];
  const files = new Map<string, DescFile>();
  for (const service of services) addWithImports(service.file, files);
  const serviceNames = services.map((service) => ({ name: service.typeName })).toSorted(byName);

  const answer = (request: ServerReflectionRequest) => {
    const question = request.messageRequest;
    switch (question.case) {
      case 'listServices':
        return { case: 'listServicesResponse' as const, value: { service: serviceNames } };
      case 'fileByFilename':
        return fileAnswer(files.get(question.value.replace(/\.proto$/, '')), question.value);
      case 'fileContainingSymbol':
        return fileAnswer(findSymbol([...files.values()], question.value), question.value);
      case 'allExtensionNumbersOfType':
        return {
          case: 'allExtensionNumbersResponse' as const,
          value: { baseTypeName: question.value, extensionNumber: [] },
        };
      default:
        return fileAnswer(undefined, 'an extension');
    }
  };

  return bind(ServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield {
          validHost: request.host,
          originalRequest: request,
          messageResponse: answer(request),
        };
      }
    },
  });
}

function fileAnswer(file: DescFile | undefined, asked: string) {
  if (file === undefined) {
    const value = { errorCode: Code.NotFound, errorMessage: `${asked} is not served here` };
    return { case: 'errorResponse' as const, value };
  }
  const all = new Map<string, DescFile>();
  addWithImports(file, all);
  const fileDescriptorProto = [...all.values()].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: 'fileDescriptorResponse' as const, value: { fileDescriptorProto } };
}

function addWithImports(file: DescFile, into: Map<string, DescFile>): void {
  if (into.has(file.name)) return;
  into.set(file.name, file);
  for (const dependency of file.dependencies) addWithImports(dependency, into);
}

/** A symbol is a service, a message, an enum, or a member of one of these. */
function findSymbol(files: readonly DescFile[], symbol: string): DescFile | undefined {
  return files.find((file) => {
    const declared = [...file.services, ...file.messages.flatMap(withNested), ...file.enums].map((it) => it.typeName);
    return declared.some((name) => symbol === name || symbol.startsWith(`${name}.`));
  });
}

type Message = DescFile['messages'][number];

function withNested(message: Message): { readonly typeName: string }[] {
  return [message, ...message.nestedEnums, ...message.nestedMessages.flatMap(withNested)];
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
