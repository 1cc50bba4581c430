/** The workflows of a local run, compiled by the platform's own kernel and checked as a start is. */
import type { JsonObject } from '@bufbuild/protobuf';
import { parseWorkflow, type Plan } from '@skein/domain';
import { SkeinError } from '../client/skein-error.ts';
import { schemaBroken } from './local-failure.ts';
import type { LocalOptions, LocalWorkflow } from './options.ts';
import type { JsonValue } from '@bufbuild/protobuf';

/** @throws SkeinError INVALID_WORKFLOW with every problem. */
export function planOf(workflow: LocalWorkflow, place = 'workflow'): Plan {
  const { plan, problems } = parseWorkflow(workflow as string | JsonObject);
  if (plan !== undefined) return plan;
  const errors = problems.filter(({ severity }) => severity === 'error');
  throw new SkeinError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_WORKFLOW',
    message: `the definition has errors: ${errors[0]?.path ?? ''}: ${errors[0]?.message ?? ''}`,
    place,
    remedy: 'correct what `violations` lists',
    violations: errors.map(({ path, message, mend }) => ({ field: path, description: `${message}; ${mend}` })),
  });
}

/** The workflows that `subworkflow` nodes run. @throws SkeinError INVALID_WORKFLOW */
export function plansOf({ workflows = {} }: LocalOptions): ReadonlyMap<string, Plan> {
  return new Map(Object.entries(workflows).map(([id, workflow]) => [id, planOf(workflow, `workflows.${id}`)]));
}

/** What the platform checks before it accepts a run. @throws SkeinError INPUT_SCHEMA_VIOLATION, AGENT_NOT_FOUND */
export function checkStart(plan: Plan, input: JsonValue, { agents = {} }: LocalOptions): void {
  const violations = plan.validateInput(input);
  if (violations.length > 0) {
    throw schemaBroken(`the input does not match the input_schema of workflow ${plan.workflowId}`, 'input', violations);
  }
  const missing = agentsOf(plan).find((id) => !Object.hasOwn(agents, id));
  if (missing === undefined) return;
  const known = Object.keys(agents).join(', ') || 'none';
  throw new SkeinError({
    code: 'FAILED_PRECONDITION',
    reason: 'AGENT_NOT_FOUND',
    message: `workflow ${plan.workflowId} calls agent ${missing}, which was not given; given: ${known}`,
    place: `agents.${missing}`,
    remedy: `give \`agents: { '${missing}': … }\`: an agent of defineAgent, or a function`,
  });
}

/** The agents that a workflow calls, in the graphs within its nodes and to undo what was done too. */
function agentsOf(plan: Plan): string[] {
  return [...plan.nodes.values(), ...plan.compensations.values()].flatMap(({ work }) => {
    if (work.kind === 'agent') return [work.agentId];
    return work.kind === 'map' || work.kind === 'loop' ? agentsOf(work.body) : [];
  });
}
