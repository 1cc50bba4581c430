import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../expression/json.ts';
import type { DocumentPath, Finding } from '../problem-list.ts';

/**
 * The forms a definition may be written in.
 * - `native`: the form of WorkflowDefinition.
 * - `kairos`: a list of nodes whose settings stand under `config`, edges whose first match is taken.
 * - `kairos-planner`: a map of nodes by id, with `start`.
 * - `depends-on`: nodes that name the nodes they depend on, with `flow_id`, `entry_point`, `exit_points`.
 */
export const DIALECTS = ['native', 'kairos', 'kairos-planner', 'depends-on'] as const;

/** The form a definition is written in. */
export type Dialect = (typeof DIALECTS)[number];

/** A document turned into the native form, not checked yet. */
export interface ImportedDocument {
  readonly json: JsonObject;
  /** Where each node of the native form stands in the source, by position. */
  readonly nodePaths: readonly DocumentPath[];
  /** Where each edge of the native form stands in the source, by position. */
  readonly edgePaths: readonly DocumentPath[];
  /** What was left out or cannot be right. Places are those of the native form, or top-level fields of the source. */
  readonly findings: readonly Finding[];
}

/** Tells the dialect of a document by its shape. */
export function detectDialect(document: JsonObject): Dialect {
  const nodes = document['nodes'];
  if (isJsonObject(nodes)) return 'kairos-planner';
  const list = isJsonArray(nodes) ? nodes.filter(isJsonObject) : [];
  if (hasAny(document, DEPENDS_ON_FIELDS) || list.some((node) => 'depends_on' in node)) return 'depends-on';
  const native = hasAny(document, NATIVE_FIELDS) || list.some((node) => hasAny(node, NATIVE_NODE_FIELDS));
  return !native && list.some(agentUnderConfig) ? 'kairos' : 'native';
}

const DEPENDS_ON_FIELDS = ['flow_id', 'entry_point', 'exit_points'];

/** Fields that only the native form has. */
const NATIVE_FIELDS = 'input_schema output defaults $schema concurrency rate priority fairness'.split(' ');
const NATIVE_NODE_FIELDS =
  'agent_id model prompt messages expression input when join branch timeouts retry on_error delivery merge'.split(' ');

function hasAny(object: JsonObject, fields: readonly string[]): boolean {
  return fields.some((field) => Object.hasOwn(object, field));
}

function agentUnderConfig(node: JsonObject): boolean {
  const config: JsonValue | undefined = node['config'];
  return isJsonObject(config) && Object.hasOwn(config, 'agent_id');
}
