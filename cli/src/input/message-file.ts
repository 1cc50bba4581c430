/** Messages as files: requests as JSON or YAML, with the names that `-o json` shows. */
import type { DescMessage, JsonObject, JsonValue, MessageShape } from '@bufbuild/protobuf';
import { messageFromPlain, PlainMessageError } from '@skein/events';
import { parse } from 'yaml';
import { invalidValue } from '../cli-error.ts';
import type { Host } from '../host.ts';
import { readTextFile } from './json-input.ts';

/** The object in a file; `-` is standard input. */
export async function readObjectFile(file: string, host: Host): Promise<JsonObject> {
  const text = file === '-' ? await host.readStdin() : await readTextFile(file, '--file');
  let json: unknown;
  try {
    json = parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalidValue(file, `this is neither YAML nor JSON: ${why}`, 'correct the file', cause);
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw invalidValue(file, 'this is not an object', 'write fields with their values, such as `spec:`');
}

/** A message as people write it; `place` says where in errors. */
export function messageOf<Desc extends DescMessage>(desc: Desc, json: JsonValue, place: string): MessageShape<Desc> {
  try {
    // The same JSON by another name: the kernel's type forbids what no text can hold.
    return messageFromPlain(desc, json as Parameters<typeof messageFromPlain>[1]);
  } catch (error) {
    if (!(error instanceof PlainMessageError)) throw error;
    throw invalidValue(`${place}: ${error.field}`, error.message, error.description, error);
  }
}
