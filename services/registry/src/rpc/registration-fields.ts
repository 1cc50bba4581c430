/** RegisterAgentRequest → a registration that keeps every bound, or every violation at once. */
import { toJson, type JsonObject } from '@bufbuild/protobuf';
import { SkillSchema } from '@skein/contracts/agent';
import { AgentProtocol, type RegisterAgentRequest } from '@skein/contracts/registry';
import { msOfDuration } from '@skein/events';
import type { Registration } from '../app/register-agent.ts';
import { capabilityWords, FACT_LIMITS, isVersion } from '../domain/agent-facts.ts';
import type { ProbeSettings, Protocol } from '../domain/agent-record.ts';
import { formOf, formsForProtocol, type EndpointForm } from '../domain/endpoint.ts';
import { protocolOfMessage } from './agent-message.ts';
import { agentIdOf, idOf, namespaceOf, structOf, textOf } from './request-fields.ts';
import { credentialsOf } from './credentials-fields.ts';
import { routingOf } from './routing-message.ts';
import { Violations } from './violations.ts';

const MAX_TYPE_LENGTH = 64;
const MAX_LABELS = 64;
const MAX_LABEL_LENGTH = 256;
const MAX_ENDPOINTS = 1000;
const MAX_CONFIG_BYTES = 64 * 1024;
const MAX_TIMEOUT_MS = 24 * 3_600_000;
const MIN_LEASE_MS = 1000;
const MIN_PROBE_INTERVAL_MS = 100;
const MAX_PROBE_INTERVAL_MS = 3_600_000;
const MAX_PROBE_TIMEOUT_MS = 60_000;
const MAX_THRESHOLD = 100;

const FORM_WORDS: Readonly<Record<EndpointForm, string>> = {
  grpc: 'host:port, grpc://host:port or grpcs://host:port',
  http: 'an http or https URL',
  in_process: 'inprocess:NAME',
  worker: 'worker:EXECUTOR/WORKER_ID',
};

/** @throws INVALID_FIELD with every violation. */
export function registrationOf(request: RegisterAgentRequest): Registration {
  const violations = new Violations();
  // In the order of the request, so that violations are told in it.
  const namespace = namespaceOf(request.namespace, violations);
  const agentId = agentIdOf(request.agentId, violations);
  const version = versionOf(request.version, violations);
  const name = textOf('name', request.name, FACT_LIMITS.name, violations);
  const description = textOf('description', request.description, FACT_LIMITS.description, violations);
  const agentType = textOf('agent_type', request.agentType, MAX_TYPE_LENGTH, violations);
  const capabilities = capabilitiesOf('capabilities', request.capabilities, violations);
  const protocol = protocolOf(request.protocol, violations);
  const endpoints = endpointsOf(request.endpoints, protocol, violations);
  const labels = labelsOf(request.labels, violations);
  const config = configOf(request.config, violations);
  const timeoutMs = timeoutOf(request.timeout, violations);
  const routing = routingOf(request.routing, agentId, violations);
  const leaseTtlMs = leaseOf(request.leaseTtl, violations);
  const probe = probeOf(request.probe, violations);
  const skills = skillsOf(request.skills, violations);
  const credentials = credentialsOf(request, violations);
  violations.throwIfAny();
  const { replaceVersions, allowDowngrade, createOnly } = request;
  return {
    key: { namespace, agentId },
    given: { version, name, description, capabilities, skills },
    agentType,
    protocol,
    endpoints,
    labels,
    config,
    timeoutMs,
    routing,
    leaseTtlMs,
    probe,
    credentials,
    replaceVersions,
    allowDowngrade,
    createOnly,
  };
}

function leaseOf(lease: RegisterAgentRequest['leaseTtl'], violations: Violations): number | undefined {
  const leaseTtlMs = msOfDuration(lease);
  if (leaseTtlMs !== undefined && !(leaseTtlMs >= MIN_LEASE_MS && leaseTtlMs <= MAX_TIMEOUT_MS)) {
    violations.add('lease_ttl', 'give 1 s to 24 h, or leave it out for instances that stay');
  }
  return leaseTtlMs;
}

function probeOf(probe: RegisterAgentRequest['probe'], violations: Violations): ProbeSettings | undefined {
  if (probe === undefined) return undefined;
  const intervalMs = msOfDuration(probe.interval);
  const timeoutMs = msOfDuration(probe.timeout);
  if (intervalMs !== undefined && !(intervalMs >= MIN_PROBE_INTERVAL_MS && intervalMs <= MAX_PROBE_INTERVAL_MS)) {
    violations.add('probe.interval', 'give 100 ms to 1 h, or leave it out');
  }
  if (timeoutMs !== undefined && !(timeoutMs >= 1 && timeoutMs <= MAX_PROBE_TIMEOUT_MS)) {
    violations.add('probe.timeout', 'give 1 ms to 1 min, or leave it out');
  }
  for (const [field, threshold] of [
    ['unhealthy_threshold', probe.unhealthyThreshold],
    ['healthy_threshold', probe.healthyThreshold],
  ] as const) {
    if (threshold < 0 || threshold > MAX_THRESHOLD) {
      violations.add(`probe.${field}`, `give 1 to ${MAX_THRESHOLD}, or leave it out`);
    }
  }
  return {
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(probe.unhealthyThreshold === 0 ? {} : { unhealthyThreshold: probe.unhealthyThreshold }),
    ...(probe.healthyThreshold === 0 ? {} : { healthyThreshold: probe.healthyThreshold }),
    ...(probe.disabled ? { disabled: true } : {}),
  };
}

function skillsOf(skills: RegisterAgentRequest['skills'], violations: Violations): readonly JsonObject[] {
  if (skills.length > FACT_LIMITS.skills) violations.add('skills', `give at most ${FACT_LIMITS.skills}`);
  for (const [at, { skillId }] of skills.entries()) idOf(`skills[${at}].skill_id`, skillId, violations);
  const json = skills.map((skill) => toJson(SkillSchema, skill) as JsonObject);
  structOf('skills', json, FACT_LIMITS.skillBytes, violations);
  return json;
}

function protocolOf(message: AgentProtocol, violations: Violations): Protocol | undefined {
  const protocol = protocolOfMessage(message);
  if (protocol === undefined && message !== AgentProtocol.UNSPECIFIED) {
    violations.add('protocol', 'give one of those that this version knows, or leave it out to have it found out');
  }
  return protocol;
}

function versionOf(version: string, violations: Violations): string {
  if (version !== '' && !isVersion(version)) {
    violations.add('version', 'give a semantic version such as 1.4.0, without a leading v');
  }
  return version;
}

/** Words to find agents by, of a registration or of a filter. */
export function capabilitiesOf(field: string, words: readonly string[], violations: Violations): readonly string[] {
  const { capabilities, capability } = FACT_LIMITS;
  if (words.length > capabilities) violations.add(field, `give at most ${capabilities}`);
  words.forEach((word, at) => {
    if (word === '') violations.add(`${field}[${at}]`, 'leave out empty ones');
    else textOf(`${field}[${at}]`, word, capability, violations);
  });
  return capabilityWords(words);
}

/** The set of endpoints, in the order given. */
function endpointsOf(given: readonly string[], protocol: Protocol | undefined, violations: Violations): string[] {
  if (given.length === 0) violations.add('endpoints', `give 1 to ${MAX_ENDPOINTS} addresses`, 'REQUIRED');
  if (given.length > MAX_ENDPOINTS) violations.add('endpoints', `give at most ${MAX_ENDPOINTS} addresses`);
  let expected = protocol === undefined ? undefined : formsForProtocol(protocol);
  for (const [at, endpoint] of given.entries()) {
    const form = formOf(endpoint);
    if (typeof form === 'object') violations.add(`endpoints[${at}]`, form.fault);
    else if (expected !== undefined && !expected.includes(form)) {
      const narrowed = protocol === undefined || formsForProtocol(protocol).length > expected.length;
      const why = narrowed ? 'like the first: all endpoints of an agent are of one form' : `for ${protocol}`;
      violations.add(`endpoints[${at}]`, `give ${expected.map((one) => FORM_WORDS[one]).join(', or ')} ${why}`);
    } else expected = [form];
  }
  return [...new Set(given)];
}

function labelsOf(labels: Readonly<Record<string, string>>, violations: Violations): Readonly<Record<string, string>> {
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) violations.add('labels', `give at most ${MAX_LABELS} pairs`);
  for (const [key, value] of entries) {
    if (key === '') violations.add('labels', 'give every label a key');
    textOf('labels', key, MAX_LABEL_LENGTH, violations);
    textOf(`labels.${key.slice(0, MAX_LABEL_LENGTH)}`, value, MAX_LABEL_LENGTH, violations);
  }
  return labels;
}

function configOf(config: RegisterAgentRequest['config'], violations: Violations): RegisterAgentRequest['config'] {
  if (config !== undefined) structOf('config', config, MAX_CONFIG_BYTES, violations);
  return config;
}

function timeoutOf(timeout: RegisterAgentRequest['timeout'], violations: Violations): number | undefined {
  const timeoutMs = msOfDuration(timeout);
  if (timeoutMs !== undefined && !(timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS)) {
    violations.add('timeout', 'give 1 ms to 24 h, or leave it out');
  }
  return timeoutMs;
}
