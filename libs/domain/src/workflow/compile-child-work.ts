import type { ExpressionEnv } from '../expression/expression.ts';
import { isJsonArray } from '../expression/json.ts';
import { conditionIn, templateIn } from './compile-part.ts';
import { compileSchemaIn } from './compile-schema-part.ts';
import type { CompiledWork } from './compile-work.ts';
import type { BodyDefinition, LoopNode, MapNode, SubworkflowNode } from './definition.ts';
import type { Plan } from './plan.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';

/** Items at a time, unless the node says otherwise. */
const DEFAULT_CONCURRENCY = 10;

/** Compiles the graph within a node, at a place of the document; undefined where it has errors. */
export type CompileBody = (body: BodyDefinition, at: DocumentPath) => Plan | undefined;

/** Compiles a node that makes a child run for each item. */
export function mapWork(
  node: MapNode,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
  compileBody: CompileBody,
): CompiledWork | undefined {
  const items = templateIn(node.items, [...at, 'items'], env, problems);
  if (items?.constant === true && !isJsonArray(node.items)) {
    const mend = typeof node.items === 'string' ? `write \${ ${node.items} }` : 'write a list, or an expression';
    problems.add({ at: [...at, 'items'], code: 'WRONG_TYPE', message: 'the items are no list', mend });
  }
  const body = compileBody(node.body, [...at, 'body']);
  if (items === undefined || body === undefined) return undefined;
  const { concurrency = DEFAULT_CONCURRENCY, on_item_error: onItemError = 'fail' } = node;
  return { work: { kind: 'map', items, body, concurrency, onItemError }, references: [items.references] };
}

/** Compiles a node that makes child runs one after the other. */
export function loopWork(
  node: LoopNode,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
  compileBody: CompileBody,
): CompiledWork | undefined {
  const until = conditionIn(node.until, [...at, 'until'], env, problems);
  const body = compileBody(node.body, [...at, 'body']);
  if (body === undefined) return undefined;
  return { work: { kind: 'loop', body, until, maxIterations: node.max_iterations }, references: [until?.references] };
}

/** Compiles a node that runs another workflow. */
export function subworkflowWork(node: SubworkflowNode, at: DocumentPath, problems: ProblemList): CompiledWork {
  const validateOutput = compileSchemaIn(node.output_schema, [...at, 'output_schema'], problems);
  const { workflow_id: workflowId, version = 0 } = node;
  return { work: { kind: 'subworkflow', workflowId, version, validateOutput }, references: [] };
}
