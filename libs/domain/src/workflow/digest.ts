import { createHash } from 'node:crypto';
import type { JsonValue } from '../expression/json.ts';
import { canonicalJson } from './canonical-json.ts';
import type { WorkflowDefinition } from './definition.ts';

/** The content digest of a definition, `sha256:` and 64 hex digits: equal for equal documents, whatever their order of keys. */
export function digestOf(definition: WorkflowDefinition): string {
  return `sha256:${createHash('sha256')
    .update(canonicalJson(definitionJson(definition)))
    .digest('hex')}`;
}

/** The definition as plain JSON: what is stored and shown. It parses back to the same definition. */
export function definitionJson(definition: WorkflowDefinition): JsonValue {
  const json: JsonValue = JSON.parse(JSON.stringify(definition));
  return json;
}
