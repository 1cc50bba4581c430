import type { ErrorObject } from 'ajv/dist/2020.js';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, textOf } from '../expression/json.ts';
import { didYouMean } from '../expression/suggestion.ts';
import { nodeFields, schemaErrors } from './definition-schema.ts';
import { describeFieldError } from './field-error.ts';
import type { DocumentPath, Finding, ProblemList } from './problem-list.ts';

/** The node types this version runs. */
export const NODE_TYPES = [
  'agent',
  'llm',
  'rpc',
  'tool',
  'decision',
  'transform',
  'input',
  'output',
  'map',
  'loop',
  'subworkflow',
  'wait',
  'signal',
  'approval',
] as const;

/**
 * Reports every field of a native document that is unknown, missing or of the wrong shape.
 * Returns the places that cannot be used, for the checks after this one to step around.
 */
export function checkFields(document: JsonObject, problems: ProblemList): readonly DocumentPath[] {
  const findings = [...typeFindings(document, []), ...fieldFindings(document)];
  for (const finding of findings) problems.add(finding);
  return findings.map((finding) => finding.at);
}

/** Of a graph at a place of the document, and of the graphs in its nodes. */
function typeFindings(graph: JsonObject, place: DocumentPath): readonly Finding[] {
  const nodes = graph['nodes'];
  if (!isJsonArray(nodes)) return [];
  return nodes.flatMap((node, i): readonly Finding[] => {
    if (!isJsonObject(node)) return [];
    const { type, body } = node;
    if (isJsonObject(body)) return typeFindings(body, [...place, 'nodes', i, 'body']);
    if (typeof type !== 'string' || isNodeType(type)) return [];
    const at = [...place, 'nodes', i, 'type'];
    const supported = `supported: ${NODE_TYPES.join(', ')}`;
    const mend = didYouMean(type, NODE_TYPES) || supported;
    return [{ at, code: 'UNKNOWN_NODE_TYPE', message: `unknown node type \`${type}\``, mend }];
  });
}

/** Whether nodes of this type can run. */
export function isNodeType(type: string): type is (typeof NODE_TYPES)[number] {
  return (NODE_TYPES as readonly string[]).includes(type);
}

function fieldFindings(document: JsonObject): readonly Finding[] {
  const errors = schemaErrors(document).map((error) => ({ error, at: pathOf(error, document) }));
  const choices = new Set(errors.filter(({ error }) => isChoice(error)).map(({ at }) => JSON.stringify(at)));
  const found = new Map<string, Finding>();
  for (const { error, at } of errors) {
    if (isNoise(error, at, document) || (!isChoice(error) && isWithinAny(at, choices))) continue;
    const finding = describeFieldError(error, at);
    const key = JSON.stringify([finding.at, finding.code]);
    if (!found.has(key)) found.set(key, finding);
  }
  return [...found.values()];
}

function isChoice(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf';
}

/** Whether a place is one of the given ones, or within: errors there only say why no branch of a choice fits. */
function isWithinAny(at: DocumentPath, places: ReadonlySet<string>): boolean {
  return places.size > 0 && at.some((_, i) => places.has(JSON.stringify(at.slice(0, i + 1))));
}

/** Errors that repeat another one: sizes and node types are reported in their own words. */
function isNoise(error: ErrorObject, at: DocumentPath, document: JsonObject): boolean {
  if (error.keyword === 'minItems' || error.keyword === 'maxItems') return at.length === 1;
  if (error.keyword === 'discriminator') return isTypeReported(document, at);
  return error.keyword === 'unevaluatedProperties' && isKnownNodeField(error, at, document);
}

function isTypeReported(document: JsonObject, at: DocumentPath): boolean {
  const node = valueAt(document, at);
  return isJsonObject(node) && typeof node['type'] === 'string';
}

/** A node with one bad field is reported as if none of its common fields were known: those are. */
function isKnownNodeField(error: ErrorObject, at: DocumentPath, document: JsonObject): boolean {
  const node = valueAt(document, at);
  const type = isJsonObject(node) ? textOf(node['type']) : '';
  return nodeFields(type).includes(String(error.params['unevaluatedProperty']));
}

function valueAt(document: JsonObject, path: DocumentPath): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const part of path) {
    if (isJsonArray(value) && typeof part === 'number') value = value[part];
    else value = isJsonObject(value) ? value[String(part)] : undefined;
  }
  return value;
}

function pathOf(error: ErrorObject, document: JsonObject): DocumentPath {
  const path: (string | number)[] = [];
  for (const part of error.instancePath.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(isJsonArray(valueAt(document, path)) ? Number(key) : key);
  }
  return path;
}
