import { InstanceHealth, type HeartbeatRequest, type InstanceHeartbeat as Message } from '@skein/contracts/registry';
import type { AgentStore, InstanceHeartbeat } from '../app/agent-store.ts';
import type { LoadBook } from '../app/load-book.ts';
import type { RouteFeed } from '../app/route-feed.ts';
import type { AgentKey, AgentRecord } from '../domain/agent-record.ts';
import { healthOfMessage } from './agent-message.ts';
import { agentIdOf, namespaceOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_INSTANCES = 1000;
const MAX_DETAIL_LENGTH = 1024;
/** Largest number that is kept: counts of Postgres are of 32 bits. */
const MAX_COUNT = 2_147_483_647;

/** What hearing heartbeats needs. */
export interface HeartbeatParts {
  readonly feed: RouteFeed;
  readonly loads: LoadBook;
  readonly store: AgentStore;
}

/** AgentRegistryService.Heartbeat. */
export function heartbeatRpc({ feed, loads, store }: HeartbeatParts) {
  return async (request: HeartbeatRequest) => {
    const heartbeats = heartbeatsOf(request);
    const [first] = heartbeats;
    let known = instanceIdsOf(first && feed.find(first));
    // What was registered a moment ago, here or elsewhere, may not have been read yet.
    if (first !== undefined && heartbeats.some(({ instanceId }) => !known.has(instanceId))) {
      known = instanceIdsOf(await store.get(first));
    }
    const unknownInstanceIds: string[] = [];
    for (const heartbeat of heartbeats) {
      if (known.has(heartbeat.instanceId)) loads.heartbeat(heartbeat);
      else unknownInstanceIds.push(heartbeat.instanceId);
    }
    return { unknownInstanceIds };
  };
}

function instanceIdsOf(agent: AgentRecord | undefined): ReadonlySet<string> {
  return new Set(agent?.instances.map(({ instanceId }) => instanceId));
}

function heartbeatsOf(request: HeartbeatRequest): InstanceHeartbeat[] {
  const violations = new Violations();
  const namespace = namespaceOf(request.namespace, violations);
  const agentId = agentIdOf(request.agentId, violations);
  const count = request.instances.length;
  if (count === 0 || count > MAX_INSTANCES) violations.add('instances', `give 1 to ${MAX_INSTANCES}`);
  const heartbeats = request.instances.map((message, at) =>
    heartbeatOf({ namespace, agentId }, message, `instances[${at}]`, violations),
  );
  violations.throwIfAny();
  return heartbeats;
}

function heartbeatOf(key: AgentKey, message: Message, field: string, violations: Violations): InstanceHeartbeat {
  const { instanceId, load, inFlight, latencyMs } = message;
  if (instanceId === '') violations.add(`${field}.instance_id`, 'is required', 'REQUIRED');
  const health = healthOfMessage(message.health);
  if (health === undefined) violations.add(`${field}.health`, 'give HEALTHY, DEGRADED or UNHEALTHY, or leave it out');
  if (load !== undefined && !(load >= 0 && load <= 1)) violations.add(`${field}.load`, 'give 0 to 1, or leave it out');
  if (inFlight !== undefined && inFlight > MAX_COUNT) violations.add(`${field}.in_flight`, `give at most ${MAX_COUNT}`);
  if (latencyMs !== undefined && !(latencyMs >= 0 && Number.isFinite(latencyMs))) {
    violations.add(`${field}.latency_ms`, 'give 0 or more, or leave it out');
  }
  const healthDetail = textOf(`${field}.health_detail`, message.healthDetail, MAX_DETAIL_LENGTH, violations);
  const says = message.health !== InstanceHealth.UNSPECIFIED && message.health !== InstanceHealth.HEALTHY;
  return {
    ...key,
    instanceId,
    health: health ?? 'UNKNOWN',
    healthDetail: says ? healthDetail || 'it says so of itself' : '',
    load,
    inFlight,
    latencyMs,
  };
}
