import { create, type JsonValue } from '@bufbuild/protobuf';
import { AgentCardSchema, type AgentCard } from '../gen/skein/agent/v1/agent_pb.ts';
import type { AgentContext } from './context.ts';
import { compileSchema, type CompiledSchema, type Schema } from './schema.ts';

/** One thing that an agent can be asked to do. */
export interface SkillDefinition {
  /** `[A-Za-z0-9_.-]{1,128}`. */
  readonly id: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** Default: the agent's. */
  readonly input?: Schema<unknown>;
  /** Default: the agent's. */
  readonly output?: Schema<unknown>;
}

/** What an agent is. */
export interface AgentDefinition<Input, Output> {
  /** `[A-Za-z0-9_.-]{1,128}`. */
  readonly id: string;
  /** Semantic version of what it does. */
  readonly version: string;
  readonly name?: string;
  readonly description?: string;
  /** Default: none by name; the agent takes calls without one. */
  readonly skills?: readonly SkillDefinition[];
  /** What it takes; anything else is INVALID_INPUT and never reaches the handler. Default: any JSON value. */
  readonly input?: Schema<Input>;
  /** What it answers; anything else is OUTPUT_SCHEMA_VIOLATION. Default: any JSON value. */
  readonly output?: Schema<Output>;
}

/** What an agent does with one piece of work. What it returns is the output; what it throws, the failure. */
export type AgentHandler<Input, Output> = (input: Input, context: AgentContext) => Output | Promise<Output>;

/** How a call is checked. */
export interface SkillSchemas {
  readonly input: CompiledSchema<unknown> | undefined;
  readonly output: CompiledSchema<unknown> | undefined;
}

/** An agent, ready to be served or to dial in. */
export interface Agent {
  readonly card: AgentCard;
  readonly handler: AgentHandler<never, unknown>;
  /** By skill id; the empty one is always there. */
  readonly skills: ReadonlyMap<string, SkillSchemas>;
}

const ID = /^[A-Za-z0-9_.-]{1,128}$/;
const VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/;

/**
 * Defines an agent. Input and output have the types of the schemas where those know one, else `JsonValue` or what is
 * written: `defineAgent<Ticket, Answer>(…)`. Throws a TypeError for ids, versions and schemas that are none.
 */
export function defineAgent<Input = JsonValue, Output = JsonValue>(
  definition: AgentDefinition<Input, Output>,
  handler: AgentHandler<Input, Output>,
): Agent {
  const { id, version, name = '', description = '' } = definition;
  if (!VERSION.test(version)) throw new TypeError(`the version of an agent is like 1.4.0, not "${version}"`);
  for (const each of [id, ...(definition.skills ?? []).map((skill) => skill.id)]) {
    if (!ID.test(each)) throw new TypeError(`an id has 1 to 128 of A-Z a-z 0-9 _ . -, not "${each}"`);
  }
  const common: SkillSchemas = { input: compiled(definition.input), output: compiled(definition.output) };
  const declared = skillsOf(definition, common);
  const named = declared.map(({ skill, schemas }) => [skill.id, schemas] as const);
  // Where there is one skill, a call that names none means it.
  const unnamed = declared.length === 1 ? (declared[0]?.schemas ?? common) : common;
  const card = create(AgentCardSchema, {
    agentId: id,
    name,
    description,
    version,
    skills: declared.map(({ skill, schemas }) => ({
      skillId: skill.id,
      description: skill.description ?? '',
      tags: [...(skill.tags ?? [])],
      ...(schemas.input?.json === undefined ? {} : { inputSchema: schemas.input.json }),
      ...(schemas.output?.json === undefined ? {} : { outputSchema: schemas.output.json }),
    })),
  });
  return { card, handler, skills: new Map([['', unnamed], ...named]) };
}

/** The skills of the card. A card shows schemas with skills alone: an agent that has schemas and no skills has one of its own name. */
function skillsOf(definition: AgentDefinition<unknown, unknown>, common: SkillSchemas) {
  const { id, description = '', skills = [] } = definition;
  const hasSchemas = common.input !== undefined || common.output !== undefined;
  const shown: readonly SkillDefinition[] = skills.length === 0 && hasSchemas ? [{ id, description }] : skills;
  return shown.map((skill) => {
    const schemas = { input: compiled(skill.input) ?? common.input, output: compiled(skill.output) ?? common.output };
    return { skill, schemas };
  });
}

function compiled(schema: Schema<unknown> | undefined): CompiledSchema<unknown> | undefined {
  return schema === undefined ? undefined : compileSchema<unknown>(schema);
}
