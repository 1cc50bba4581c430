import type { JsonValue } from '@bufbuild/protobuf';
import { passing } from '../../domain/call-failure.ts';

/**
 * What a function returns is only as good as its types: a value that JSON has no words for is told apart here. Nothing
 * returned is null.
 * @throws CallError AGENT_PROTOCOL_VIOLATION
 */
export function checked(output: JsonValue | undefined, place: string): JsonValue {
  try {
    if (output === undefined) return null;
    if (JSON.stringify(output) !== undefined) return output;
  } catch (cause) {
    throw passing('AGENT_PROTOCOL_VIOLATION', { message: 'the function did not return JSON', place, cause });
  }
  throw passing('AGENT_PROTOCOL_VIOLATION', { message: 'the function did not return JSON', place });
}
