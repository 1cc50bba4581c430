/**
 * Agents as files that another platform takes.
 *
 * Owns: the format, described in docs/agents.md. Does not own: what a registration or a deployment may hold.
 *  1. A file says what somebody registered or applied, not how it is now: no health, loads, leases or assignments.
 *  2. Instances with a lease, of workers and of processes are left out: they come by themselves, or not at all.
 *  3. Messages are in the JSON of protobuf, which every language reads, and which leaves out what was not said.
 *  4. Secrets are in it by name alone, as the platform knows them.
 */
import {
  create,
  fromJson,
  toJson,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type MessageShape,
} from '@bufbuild/protobuf';
import {
  DeploymentSchema,
  RegisterAgentRequestSchema,
  type Agent,
  type AgentVersion,
  type Deployment,
  type RegisterAgentRequest,
} from '@skein/contracts/registry';
import { invalidValue } from '../cli-error.ts';

const FORMAT = 'skein.agent/1';
/** Of an instance that is of one process, or of one connection. */
const BOUND = /^(inprocess|worker):/;

/** What a file has. */
export interface AgentExport {
  /** The oldest version first, so that the policies of the agent, which are with the newest, are written last. */
  readonly registrations: readonly RegisterAgentRequest[];
  readonly deployments: readonly Deployment[];
}

/** What another platform needs of an agent. */
export function exportOf(agent: Agent, deployments: readonly Deployment[]): AgentExport {
  const registrations = agent.versions.toReversed().flatMap((version) => {
    const endpoints = agent.instances
      .filter((each) => each.version === version.version && each.leaseExpiresAt === undefined)
      .map(({ endpoint }) => endpoint)
      .filter((endpoint) => !BOUND.test(endpoint));
    return endpoints.length === 0 ? [] : [registrationOf(agent, version, endpoints)];
  });
  const applied = deployments.map(({ $typeName: _type, namespace: _namespace, status: _status, ...rest }) => {
    const { createdAt: _created, updatedAt: _updated, ...asked } = rest;
    return create(DeploymentSchema, asked);
  });
  return { registrations, deployments: applied };
}

function registrationOf(agent: Agent, version: AgentVersion, endpoints: readonly string[]): RegisterAgentRequest {
  const { $typeName: _type, createdAt: _created, updatedAt: _updated, ...facts } = version;
  const { agentId, routing } = agent;
  return create(RegisterAgentRequestSchema, {
    ...facts,
    agentId,
    endpoints: [...endpoints],
    ...(routing === undefined ? {} : { routing }),
  });
}

/** The file. */
export function exportText(agentId: string, { registrations, deployments }: AgentExport): string {
  const file = {
    format: FORMAT,
    agent_id: agentId,
    registrations: registrations.map((each) => toJson(RegisterAgentRequestSchema, each, { useProtoFieldName: true })),
    deployments: deployments.map((each) => toJson(DeploymentSchema, each, { useProtoFieldName: true })),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** What a file says; `place` names it in errors. Everything is read before anything is sent. */
export function importOf(file: JsonObject, place: string): AgentExport {
  if (file['format'] !== FORMAT) {
    throw invalidValue(
      `${place}: format`,
      'this is no exported agent',
      `write it with \`skein agents export\`: ${FORMAT}`,
    );
  }
  const registrations = listIn(file, 'registrations', place);
  const deployments = listIn(file, 'deployments', place);
  return {
    registrations: registrations.map((json, at) =>
      messageIn(RegisterAgentRequestSchema, json, `${place}: registrations[${at}]`),
    ),
    deployments: deployments.map((json, at) => messageIn(DeploymentSchema, json, `${place}: deployments[${at}]`)),
  };
}

function listIn(file: JsonObject, field: string, place: string): readonly JsonValue[] {
  const { [field]: list = [] } = file;
  if (Array.isArray(list)) return list;
  throw invalidValue(`${place}: ${field}`, 'this is no list', 'write it with `skein agents export`');
}

function messageIn<Desc extends DescMessage>(desc: Desc, json: JsonValue, place: string): MessageShape<Desc> {
  try {
    return fromJson(desc, json);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalidValue(place, why, 'write it with `skein agents export`', cause);
  }
}
