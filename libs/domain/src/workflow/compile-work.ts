import semver from 'semver';
import type { ExpressionEnv } from '../expression/expression.ts';
import type { References } from '../expression/references.ts';
import { type CompileBody, loopWork, mapWork, subworkflowWork } from './compile-child-work.ts';
import { expressionIn, templateIn } from './compile-part.ts';
import { compileSchemaIn } from './compile-schema-part.ts';
import { approvalWork, signalWork, waitWork } from './compile-waiting-work.ts';
import type { AgentNode, LlmNode, NodeDefinition } from './definition.ts';
import { rpcWork } from './rpc-work.ts';
import type { AgentWork, LlmWork, NodeWork } from './plan.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';

/** The work of a node, and what its own expressions (other than `input` and `when`) read. */
export interface CompiledWork {
  readonly work: NodeWork;
  readonly references: readonly (References | undefined)[];
}

/** Compiles what a node does. A graph in it that has errors leaves a node that passes its input through. */
export function compileWork(
  node: NodeDefinition,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
  compileBody: CompileBody,
): CompiledWork {
  switch (node.type) {
    case 'agent':
      return { work: agentWork(node, at, problems), references: [] };
    case 'llm':
      return llmWork(node, at, env, problems);
    case 'rpc':
      return rpcWork(node, at, env, problems);
    case 'tool':
      return { work: { kind: 'tool', toolId: node.tool_id }, references: [] };
    case 'transform': {
      const expression = expressionIn(node.expression, [...at, 'expression'], env, problems);
      return { work: { kind: 'local', type: node.type, expression }, references: [expression?.references] };
    }
    case 'map':
      return mapWork(node, at, env, problems, compileBody) ?? NOTHING;
    case 'loop':
      return loopWork(node, at, env, problems, compileBody) ?? NOTHING;
    case 'subworkflow':
      return subworkflowWork(node, at, problems);
    case 'wait':
      return waitWork(node, at, env, problems);
    case 'signal':
      return signalWork(node, at, problems);
    case 'approval':
      return approvalWork(node, at, env, problems);
    case 'decision':
    case 'input':
    case 'output':
      return { work: { kind: 'local', type: node.type, expression: undefined }, references: [] };
  }
}

const NOTHING: CompiledWork = { work: { kind: 'local', type: 'decision', expression: undefined }, references: [] };

function agentWork(node: AgentNode, at: DocumentPath, problems: ProblemList): AgentWork {
  if (node.version !== undefined && semver.validRange(node.version) === null) {
    problems.add({
      at: [...at, 'version'],
      code: 'BAD_VERSION_RANGE',
      message: `\`${node.version}\` is no range of semantic versions`,
      mend: 'write a range such as ^1.2, ~1.2.3, >=1 <3 or 1.2.3',
    });
  }
  return {
    kind: 'agent',
    agentId: node.agent_id,
    version: node.version,
    skill: node.skill,
    fallback: node.fallback,
    config: node.config ?? {},
  };
}

function llmWork(node: LlmNode, at: DocumentPath, env: ExpressionEnv, problems: ProblemList): CompiledWork {
  const system = templateIn(node.system, [...at, 'system'], env, problems);
  const prompt = templateIn(node.prompt, [...at, 'prompt'], env, problems);
  const messages = templateIn(node.messages, [...at, 'messages'], env, problems);
  compileSchemaIn(node.output_schema, [...at, 'output_schema'], problems);
  const work: LlmWork = {
    kind: 'llm',
    model: node.model,
    system,
    prompt,
    messages,
    role: node.role ?? '',
    outputSchema: node.output_schema,
    repairTurns: node.repair_turns,
    contextBudget: node.context_budget,
    temperature: node.temperature,
    maxTokens: node.max_tokens,
    config: node.config ?? {},
  };
  return { work, references: [system?.references, prompt?.references, messages?.references] };
}
