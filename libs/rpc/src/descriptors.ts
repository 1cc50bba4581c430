/** Descriptors of methods that are not known before the program runs. */
import { createFileRegistry, fromBinary, create, type DescMethod, type FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema, type FileDescriptorProto, type FileDescriptorSet } from '@bufbuild/protobuf/wkt';

/** Largest descriptor set, in bytes. */
export const MAX_DESCRIPTOR_SET_BYTES = 4 * 1024 * 1024;

/** What is wrong with a descriptor set; the message is for whoever made it. */
export class DescriptorError extends Error {
  override readonly name = 'DescriptorError';
}

/**
 * A descriptor set as types to read and write messages with.
 * @throws DescriptorError where it is none, is too large, or lacks a file that another one imports.
 */
export function readDescriptorSet(bytes: Uint8Array): FileRegistry {
  if (bytes.byteLength > MAX_DESCRIPTOR_SET_BYTES) {
    throw new DescriptorError(`is larger than ${MAX_DESCRIPTOR_SET_BYTES} bytes`);
  }
  let set: FileDescriptorSet;
  try {
    set = fromBinary(FileDescriptorSetSchema, bytes);
  } catch (cause) {
    throw new DescriptorError('is no google.protobuf.FileDescriptorSet', { cause });
  }
  return registryOf(set.file);
}

/** The same for files in any order. @throws DescriptorError */
export function registryOf(files: readonly FileDescriptorProto[]): FileRegistry {
  const sorted = importedFirst(files);
  try {
    return createFileRegistry(create(FileDescriptorSetSchema, { file: sorted }));
  } catch (cause) {
    throw new DescriptorError(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Every method of every service, in the order of their names. */
export function methodsOf(registry: FileRegistry): DescMethod[] {
  const methods = [...registry.files].flatMap((file) => file.services.flatMap((service) => service.methods));
  return methods.toSorted((a, b) => (methodName(a) < methodName(b) ? -1 : 1));
}

/** `package.Service/Method`. */
export function methodName({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}

/** A method by its name. */
export function findMethod(registry: FileRegistry, name: string): DescMethod | undefined {
  const at = name.lastIndexOf('/');
  return registry.getService(name.slice(0, at))?.methods.find((method) => method.name === name.slice(at + 1));
}

function importedFirst(files: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const sorted = new Set<FileDescriptorProto>();
  // A loop instead of recursion: how deep files import each other is not for us to say.
  const stack = [...files].toReversed().map((file) => ({ file, next: 0 }));
  const entered = new Set<FileDescriptorProto>();
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    entered.add(top.file);
    const imported = top.file.dependency[top.next];
    top.next += 1;
    if (imported === undefined) {
      sorted.add(top.file);
      stack.pop();
      continue;
    }
    const file = byName.get(imported);
    if (file === undefined) {
      throw new DescriptorError(`lacks ${imported}, which ${top.file.name} imports: write it with all imports`);
    }
    if (!entered.has(file)) stack.push({ file, next: 0 });
  }
  return [...sorted];
}
