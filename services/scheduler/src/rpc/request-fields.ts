import { Code } from '@connectrpc/connect';
import { skeinError } from '@skein/rpc';
import type { SearchAttribute as SearchAttributeMessage } from '@skein/contracts/type';
import { memoProblem, type JsonObject, type SearchAttributes } from '@skein/domain';
import { searchAttributesFromMessages } from '@skein/events';
import { requestedAttributes } from '../app/start-attributes.ts';
import { validate as isUuid, version as uuidVersion } from 'uuid';

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_PAGE_SIZE = 1000;
const DEFAULT_PAGE_SIZE = 100;

/** A field of a request is not as the contract says. */
export function invalidField(field: string, description: string, reason = 'INVALID_VALUE') {
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: `${field}: ${description}`,
    place: field,
    remedy: description,
    violations: [{ field, description, reason }],
  });
}

/** The namespace of a request; `default` where none is given. */
export function namespaceOf(namespace: string): string {
  if (namespace === '') return 'default';
  if (NAMESPACE.test(namespace)) return namespace;
  throw invalidField('namespace', 'give 1 to 63 lower-case letters, digits and hyphens');
}

/** A field that must not be empty. */
export function required(field: string, value: string): string {
  if (value === '') throw invalidField(field, 'is required', 'REQUIRED');
  return value;
}

/** A field with a longest length, free of characters that no store keeps. */
export function bounded(field: string, value: string, maxChars: number): string {
  if (value.length > maxChars) throw invalidField(field, `give at most ${maxChars} characters`);
  if (value.includes('\0')) throw invalidField(field, 'leave out the character U+0000');
  return value;
}

/** A run id; ids are always UUIDs, so that anything else is no run of anybody. */
export function runIdOf(runId: string): string {
  required('run_id', runId);
  if (!isUuid(runId)) throw invalidField('run_id', 'give a UUID such as `skein runs list` shows');
  return runId.toLowerCase();
}

/** A run id of the caller's making; undefined where none is given. */
export function newRunIdOf(runId: string): string | undefined {
  if (runId === '') return undefined;
  const id = runIdOf(runId);
  if (uuidVersion(id) !== 7) throw invalidField('run_id', 'give a UUIDv7: runs are listed in the order of their ids');
  return id;
}

/** Labels within their bounds. */
export function labelsOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(labels);
  if (entries.length > 64) throw invalidField('labels', 'give at most 64 pairs');
  for (const [key, value] of entries) {
    bounded('labels', key, 256);
    bounded(`labels.${key}`, value, 256);
  }
  return labels;
}

/** Search attributes within their bounds. */
export function searchAttributesOf(messages: Readonly<Record<string, SearchAttributeMessage>>): SearchAttributes {
  return requestedAttributes(() => searchAttributesFromMessages(messages));
}

/** A memo within its bounds. */
export function memoOf(memo: JsonObject | undefined): JsonObject | undefined {
  const problem = memo === undefined ? undefined : memoProblem(memo);
  if (problem !== undefined) throw invalidField('memo', problem);
  return memo;
}

/** A seq that an answer must reach; 0: any. */
export function minSeqOf(field: string, seq: bigint): number {
  if (seq >= 0n && seq <= 2_147_483_647n) return Number(seq);
  throw invalidField(field, 'give the last_seq of an answer, or 0');
}

/** The size of a page. */
export function pageSizeOf(pageSize: number): number {
  if (pageSize === 0) return DEFAULT_PAGE_SIZE;
  if (pageSize >= 1 && pageSize <= MAX_PAGE_SIZE) return pageSize;
  throw invalidField('page_size', `give 1 to ${MAX_PAGE_SIZE}, or 0 for ${DEFAULT_PAGE_SIZE}`);
}
