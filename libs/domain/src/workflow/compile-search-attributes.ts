import type { ExpressionEnv } from '../expression/expression.ts';
import type { Template } from '../expression/template.ts';
import { templateIn } from './compile-part.ts';
import type { WorkflowDefinition } from './definition.ts';
import type { ProblemList } from './problem-list.ts';

/** The search attributes that a workflow makes of a run's input: their templates by name. */
export function compileSearchAttributes(
  { search_attributes: attributes = {} }: WorkflowDefinition,
  env: ExpressionEnv,
  problems: ProblemList,
): ReadonlyMap<string, Template> {
  const templates = new Map<string, Template>();
  for (const [name, json] of Object.entries(attributes)) {
    const at = ['search_attributes', name];
    const template = templateIn(json, at, env, problems);
    if (template === undefined) continue;
    const stranger = [...template.references.names].find((it) => it !== 'input' && it !== 'run');
    if (stranger !== undefined) {
      const message = `there is no \`${stranger}\` when a run starts`;
      problems.add({ at, code: 'UNKNOWN_REFERENCE', message, mend: 'use `input` or `run`' });
    }
    templates.set(name, template);
  }
  return templates;
}
