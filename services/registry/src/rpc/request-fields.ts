/** Fields that several requests have; each check adds what is wrong and answers something usable. */
import type { JsonObject } from '@bufbuild/protobuf';
import type { AgentKey } from '../domain/agent-record.ts';
import { holdsLoneSurrogate, holdsNul } from '../domain/storable-json.ts';
import { Violations } from './violations.ts';

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const ID = /^[A-Za-z0-9_.-]{1,128}$/;
const MAX_PAGE_SIZE = 1000;
const DEFAULT_PAGE_SIZE = 100;

/** The namespace of a request; `default` where none is given. */
export function namespaceOf(namespace: string, violations: Violations): string {
  if (namespace === '') return 'default';
  if (!NAMESPACE.test(namespace)) {
    violations.add('namespace', 'give 1 to 63 lower-case letters, digits and hyphens, no hyphen at either end');
  }
  return namespace;
}

/** A required agent id. */
export function agentIdOf(agentId: string, violations: Violations): string {
  return idOf('agent_id', agentId, violations);
}

/** A required id. */
export function idOf(field: string, id: string, violations: Violations): string {
  if (id === '') violations.add(field, 'is required', 'REQUIRED');
  else if (!ID.test(id)) violations.add(field, 'give 1 to 128 letters, digits, "_", "." and "-"');
  return id;
}

/** The agent that a request names. */
export function agentKeyOf(request: { readonly namespace: string; readonly agentId: string }): AgentKey {
  const violations = new Violations();
  const namespace = namespaceOf(request.namespace, violations);
  const agentId = agentIdOf(request.agentId, violations);
  violations.throwIfAny();
  return { namespace, agentId };
}

/** A text with a longest length, free of characters that no store keeps. */
export function textOf(field: string, text: string, maxLength: number, violations: Violations): string {
  if (text.length > maxLength) violations.add(field, `give at most ${maxLength} characters`);
  if (text.includes('\0')) violations.add(field, 'leave out the character U+0000');
  else if (!text.isWellFormed()) violations.add(field, 'give whole Unicode characters, no lone surrogates');
  return text;
}

/** An object with a largest size, free of characters that no store keeps. */
export function structOf(
  field: string,
  object: JsonObject | readonly JsonObject[],
  maxBytes: number,
  violations: Violations,
): void {
  const json = JSON.stringify(object);
  if (Buffer.byteLength(json) > maxBytes) violations.add(field, `give at most ${maxBytes} bytes`);
  if (holdsNul(json)) violations.add(field, 'leave out the character U+0000');
  else if (holdsLoneSurrogate(json)) violations.add(field, 'give whole Unicode characters, no lone surrogates');
}

/** The size of a page. */
export function pageSizeOf(pageSize: number, violations: Violations): number {
  if (pageSize === 0) return DEFAULT_PAGE_SIZE;
  if (pageSize < 0 || pageSize > MAX_PAGE_SIZE) {
    violations.add('page_size', `give 1 to ${MAX_PAGE_SIZE}, or 0 for ${DEFAULT_PAGE_SIZE}`);
  }
  return pageSize;
}
