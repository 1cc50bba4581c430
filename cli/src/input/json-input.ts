import { readFile } from 'node:fs/promises';
import type { JsonValue } from '@bufbuild/protobuf';
import { CliError, invalidValue } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Host } from '../host.ts';

/** How every JSON option may be given, for help texts. */
export const JSON_FORMS = 'JSON, @FILE or - for standard input';

/** Reads an option that is JSON, `@file` or `-`. `option` names it in errors. */
export async function readJson(text: string, option: string, host: Host): Promise<JsonValue> {
  const source = await readSource(text, option, host);
  try {
    return JSON.parse(source.text) as JsonValue;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalidValue(source.place, `this is not JSON: ${why}`, 'write JSON, such as \'{"text":"hello"}\'', cause);
  }
}

/** The same where a JSON object is needed. */
export async function readJsonObject(text: string, option: string, host: Host): Promise<{ [key: string]: JsonValue }> {
  const value = await readJson(text, option, host);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalidValue(option, 'this is not a JSON object', 'write an object, such as \'{"key":"value"}\'');
}

async function readSource(text: string, option: string, host: Host): Promise<{ text: string; place: string }> {
  if (text === '-') return { text: await host.readStdin(), place: `${option} (standard input)` };
  if (!text.startsWith('@')) return { text, place: option };
  const path = text.slice(1);
  return { text: await readTextFile(path, option), place: `${option} (${path})` };
}

/** The text of a file that the command line names. */
export async function readTextFile(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError({
      reason: 'FILE_NOT_READABLE',
      message: `cannot read ${path}: ${why}`,
      place: option,
      remedy: 'check the path and its permissions',
      exitCode: EXIT.notFound,
      cause,
    });
  }
}
