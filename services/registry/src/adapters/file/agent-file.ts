import { readFile, stat } from 'node:fs/promises';
import { create, fromJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { RegisterAgentRequestSchema, type RegisterAgentRequest } from '@skein/contracts/registry';
import { parseDocument } from 'yaml';
import type { AgentContacts } from '../../app/agent-contact.ts';
import type { AgentFile, ListedAgent } from '../../app/listed-agents.ts';
import type { Registration } from '../../app/register-agent.ts';
import { formOf } from '../../domain/endpoint.ts';
import { DESCRIBE_TIMEOUT_MS } from '../../app/agent-contact.ts';
import { withinTime } from '../../app/within-time.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const HOST_FIELDS: ReadonlySet<string> = new Set(['url', 'namespace', 'agent_id', 'labels']);

/** The file of agents is not one. */
export class AgentFileError extends Error {
  override readonly name = 'AgentFileError';
}

/**
 * The file of agents, YAML or JSON: `agents`, each a RegisterAgentRequest, and `hosts`, each with the `url` of a host that
 * serves an agent's card.
 */
export function agentFile(path: string, contacts: AgentContacts, registrationOf: Reading): AgentFile {
  let seen = '';
  return {
    async readIfChanged() {
      const { mtimeMs, size, ino } = await stat(path);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (version === seen) return undefined;
      if (size > MAX_BYTES) throw new AgentFileError(`${path} has ${size} bytes; ${MAX_BYTES} are allowed`);
      // What is wrong with it is told once: the next look reads it again only when it has changed.
      seen = version;
      return entriesOf(await readFile(path, 'utf8'), path, { contacts, registrationOf });
    },
  };
}

/** A registration that keeps every bound. @throws with every violation. */
type Reading = (request: RegisterAgentRequest) => Registration;

interface EntryParts {
  readonly contacts: AgentContacts;
  readonly registrationOf: Reading;
}

function entriesOf(text: string, path: string, parts: EntryParts): readonly ListedAgent[] {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault !== undefined) throw new AgentFileError(`${path}: ${fault.message}`, { cause: fault });
  const root: unknown = document.toJS() ?? {};
  if (!isObject(root)) throw new AgentFileError(`${path}: give an object with \`agents\` and \`hosts\``);
  const { agents = [], hosts = [], ...rest } = root;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new AgentFileError(`${path}: unknown field \`${unknown}\`; there are agents and hosts`);
  if (!Array.isArray(agents) || !Array.isArray(hosts)) throw new AgentFileError(`${path}: agents and hosts are lists`);
  const perAgent = Map.groupBy(agents as readonly JsonValue[], (json) => (isObject(json) ? json['agent_id'] : ''));
  return [
    ...(agents as readonly JsonValue[]).map((json, at): ListedAgent => {
      const request = requestOf(json, `${path}: agents[${at}]`);
      // A single entry is all that there is of its agent; several are its versions.
      const isWhole = perAgent.get(request.agentId)?.length === 1;
      const registration = parts.registrationOf({ ...request, allowDowngrade: true, replaceVersions: isWhole });
      return {
        place: `${path}: agents[${at}]`,
        source: 'CONFIG',
        key: registration.key,
        resolve: () => Promise.resolve(registration),
      };
    }),
    ...(hosts as readonly JsonValue[]).map((json, at): ListedAgent => {
      const place = `${path}: hosts[${at}]`;
      const host = hostOf(json, place);
      const key = host.agentId === '' ? undefined : { namespace: host.namespace || 'default', agentId: host.agentId };
      return { place, source: 'WELL_KNOWN', key, resolve: (signal) => registrationOfHost(host, parts, signal) };
    }),
  ];
}

function requestOf(json: JsonValue, place: string) {
  try {
    return fromJson(RegisterAgentRequestSchema, json);
  } catch (error) {
    throw new AgentFileError(`${place}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

interface Host {
  readonly url: string;
  readonly namespace: string;
  /** Empty: from the card. */
  readonly agentId: string;
  readonly labels: Readonly<Record<string, string>>;
}

function hostOf(json: JsonValue, place: string): Host {
  if (!isObject(json)) throw new AgentFileError(`${place}: give an object with \`url\``);
  const unknown = Object.keys(json).find((name) => !HOST_FIELDS.has(name));
  if (unknown !== undefined) throw new AgentFileError(`${place}: unknown field \`${unknown}\``);
  const { url, namespace = '', agent_id: agentId = '', labels = {} } = json;
  const form = typeof url === 'string' ? formOf(url) : undefined;
  if (typeof url !== 'string' || (form !== 'http' && form !== 'grpc')) {
    throw new AgentFileError(`${place}.url: give the URL of a host, or host:port of a gRPC server`);
  }
  if (typeof namespace !== 'string' || typeof agentId !== 'string' || !isTextMap(labels)) {
    throw new AgentFileError(`${place}: namespace and agent_id are texts, labels an object of texts`);
  }
  return { url, namespace, agentId, labels };
}

/** The agent at a host, as its card says; its id is the card's name where none is given. */
async function registrationOfHost(host: Host, parts: EntryParts, signal: AbortSignal): Promise<Registration> {
  const { contacts, registrationOf } = parts;
  const { url, namespace, labels } = host;
  const contact = contacts[formOf(url) === 'grpc' ? 'grpc' : 'http'];
  const agentId = host.agentId || idOfName((await cardOf()).name);
  const request = create(RegisterAgentRequestSchema, { namespace, agentId, endpoints: [url], labels: { ...labels } });
  return registrationOf({ ...request, allowDowngrade: true, replaceVersions: true });

  async function cardOf() {
    const { facts } = await withinTime(DESCRIBE_TIMEOUT_MS, signal, (bounded) => contact.detect(url, bounded));
    return facts;
  }
}

/** What of a name can be an id. */
function idOfName(name: string): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 128);
  if (id === '') throw new AgentFileError('the card at the host has no name to make an id of; give agent_id');
  return id;
}

function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isTextMap(json: JsonValue): json is Record<string, string> {
  return isObject(json) && Object.values(json).every((value) => typeof value === 'string');
}
