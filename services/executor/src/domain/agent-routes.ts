/** An agent of the registry in this service's terms: every instance with what its version says of how to call it. */
import type { JsonObject } from '@bufbuild/protobuf';
import { durationMs, type Duration } from '@bufbuild/protobuf/wkt';
import { AgentProtocol, type Agent, type InstanceHealth } from '@skein/contracts/registry';
import { routingSettings, type RoutingSettings } from './routing-settings.ts';

/** An instance that may be called. */
export interface CallTarget {
  readonly instanceId: string;
  /** Address, in the form that the protocol asks for. */
  readonly endpoint: string;
  readonly health: InstanceHealth;
  /** Takes no new calls. */
  readonly isDrained: boolean;
  readonly version: string;
  readonly protocol: AgentProtocol;
  /** The agent's settings; undefined: none. */
  readonly config: JsonObject | undefined;
  /** Longest time for one call; undefined: this executor's. */
  readonly timeoutMs: number | undefined;
  /** Names what calls carry so that they are let in; `header` empty: a bearer token. Undefined: nothing. */
  readonly credentials: { readonly secret: string; readonly header: string } | undefined;
}

/** Where an agent can be reached. */
export interface AgentRoutes {
  readonly namespace: string;
  readonly agentId: string;
  /** Every version, the newest first. */
  readonly versions: readonly string[];
  /** Those of them whose instances are workers that dial in. */
  readonly workerVersions: readonly string[];
  readonly settings: RoutingSettings;
  readonly targets: readonly CallTarget[];
}

interface VersionFacts {
  readonly version: string;
  readonly protocol: AgentProtocol;
  readonly config?: JsonObject | undefined;
  readonly timeout?: Duration | undefined;
  readonly credentials?: { readonly secret: string; readonly header: string } | undefined;
}

/** The routes of an agent as the registry tells of it. */
export function routesOf(agent: Agent): AgentRoutes {
  // A registry that keeps one version describes it in the agent's own fields.
  const versions: readonly VersionFacts[] = agent.versions.length === 0 ? [agent] : agent.versions;
  const byVersion = new Map(versions.map((version) => [version.version, version]));
  const [newest = agent] = versions;
  return {
    namespace: agent.namespace,
    agentId: agent.agentId,
    versions: versions.map(({ version }) => version),
    workerVersions: versions.filter(({ protocol }) => protocol === AgentProtocol.PULL).map(({ version }) => version),
    settings: routingSettings(agent.routing),
    targets: agent.instances.map((instance) => {
      const { version, protocol, config, timeout, credentials } = byVersion.get(instance.version) ?? newest;
      return {
        instanceId: instance.instanceId,
        endpoint: instance.endpoint,
        health: instance.health,
        isDrained: instance.drained,
        version,
        protocol,
        config,
        timeoutMs: timeout === undefined ? undefined : durationMs(timeout),
        credentials,
      };
    }),
  };
}
