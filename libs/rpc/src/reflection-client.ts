/**
 * Asks a server for its own descriptors, over grpc.reflection.v1.
 *
 * R1. Questions are asked one after the other on one stream, which ends with the last answer.
 * R2. What is taken in is bounded: MAX_DESCRIPTOR_SET_BYTES, MAX_FILES.
 */
import { fromBinary, type FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { ServerReflection, type ServerReflectionRequest, type ServerReflectionResponse } from '@skein/contracts/grpc';
import { DescriptorError, MAX_DESCRIPTOR_SET_BYTES, registryOf } from './descriptors.ts';

const MAX_FILES = 5000;

type Question = ServerReflectionRequest['messageRequest'];
type Answer = ServerReflectionResponse['messageResponse'];

/** Services of the infrastructure, which nobody means. */
const INFRASTRUCTURE = /^grpc\.(reflection|health|channelz)\./;

/**
 * Everything a server tells of its services.
 * @throws ConnectError as the call fails; DescriptorError where what it tells makes no sense or is too much.
 */
export async function reflect(transport: Transport, signal: AbortSignal): Promise<FileRegistry> {
  const over = new AbortController();
  const dialogue = new Dialogue(transport, AbortSignal.any([signal, over.signal]));
  try {
    return registryOf(await collect(dialogue));
  } finally {
    over.abort();
    dialogue.close();
  }
}

async function collect(dialogue: Dialogue): Promise<readonly FileDescriptorProto[]> {
  const listed = await dialogue.ask({ case: 'listServices', value: '*' });
  if (listed.case !== 'listServicesResponse') throw refused('its services', listed);
  const files = new Map<string, FileDescriptorProto>();
  let sizeBytes = 0;
  const take = async (what: string, question: Question): Promise<void> => {
    const answer = await dialogue.ask(question);
    if (answer.case !== 'fileDescriptorResponse') throw refused(what, answer);
    for (const bytes of answer.value.fileDescriptorProto) {
      const file = fileOf(bytes);
      if (files.has(file.name)) continue;
      files.set(file.name, file);
      sizeBytes += bytes.byteLength;
      if (sizeBytes > MAX_DESCRIPTOR_SET_BYTES || files.size > MAX_FILES) {
        throw new DescriptorError('are too large: upload a descriptor set with the services that are needed');
      }
    }
  };
  for (const { name } of listed.value.service) {
    if (!INFRASTRUCTURE.test(name)) await take(name, { case: 'fileContainingSymbol', value: name });
  }
  for (const missing of imports(files)) await take(missing, { case: 'fileByFilename', value: missing });
  return [...files.values()];
}

/** Imports that are not there yet, also of files that come while this goes on. */
function* imports(files: ReadonlyMap<string, FileDescriptorProto>): Generator<string> {
  for (const { dependency } of files.values()) {
    for (const name of dependency) if (!files.has(name)) yield name;
  }
}

function fileOf(bytes: Uint8Array): FileDescriptorProto {
  try {
    return fromBinary(FileDescriptorProtoSchema, bytes);
  } catch (cause) {
    throw new DescriptorError('are no descriptors', { cause });
  }
}

function refused(what: string, answer: Answer): DescriptorError {
  const why = answer.case === 'errorResponse' ? answer.value.errorMessage : `answered ${answer.case ?? 'nothing'}`;
  return new DescriptorError(`do not tell of ${what}: ${why}`);
}

/** One stream of questions and answers. */
class Dialogue {
  readonly #answers: AsyncIterator<ServerReflectionResponse>;
  #next = Promise.withResolvers<Question | undefined>();

  constructor(transport: Transport, signal: AbortSignal) {
    const client = createClient(ServerReflection, transport);
    this.#answers = client.serverReflectionInfo(this.#questions(), { signal })[Symbol.asyncIterator]();
  }

  async ask(question: Question): Promise<Answer> {
    this.#next.resolve(question);
    const { done, value } = await this.#answers.next();
    if (done === true) throw new ConnectError('the server ended its reflection early', Code.Unavailable);
    return value.messageResponse;
  }

  close(): void {
    this.#next.resolve(undefined);
  }

  async *#questions(): AsyncGenerator<{ readonly messageRequest: Question }> {
    for (;;) {
      const question = await this.#next.promise;
      if (question === undefined) return;
      this.#next = Promise.withResolvers();
      yield { messageRequest: question };
    }
  }
}
