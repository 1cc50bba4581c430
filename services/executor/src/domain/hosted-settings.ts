/** How an instance that this executor keeps running is treated, with the defaults of the contract. Milliseconds. */
import type {
  AgentProtocol,
  ContainerRuntime,
  InstanceTemplate,
  PackageReference,
  ProcessRuntime,
} from '@skein/contracts/registry';
import type { Duration } from '@bufbuild/protobuf/wkt';

/** Where the registry probes too. */
export const DEFAULT_HEALTH_PATH = '/health';

/** Where it runs, and what is run there. */
export type HostedRuntime =
  | { readonly case: 'process'; readonly value: ProcessRuntime }
  | { readonly case: 'container'; readonly value: ContainerRuntime };

/** What it may use at most; 0: what there is. */
export interface ResourceLimits {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

export interface HostedSettings {
  readonly agentId: string;
  readonly version: string;
  readonly protocol: AgentProtocol;
  readonly runtime: HostedRuntime;
  /** The package that it was installed from; undefined: none. */
  readonly package: PackageReference | undefined;
  readonly limits: ResourceLimits;
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly config: InstanceTemplate['config'];
  readonly healthPath: string;
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
  readonly unhealthyThreshold: number;
  readonly startTimeoutMs: number;
  readonly backoff: { readonly initialMs: number; readonly maxMs: number };
  readonly resetAfterMs: number;
  readonly stopTimeoutMs: number;
}

/** What an instance is registered as. */
export type InstanceRegistration = Pick<HostedSettings, 'agentId' | 'version' | 'protocol' | 'config' | 'healthPath'>;

export function registrationOf({ agentId, version, protocol, config, health }: InstanceTemplate): InstanceRegistration {
  return { agentId, version, protocol, config, healthPath: health?.path || DEFAULT_HEALTH_PATH };
}

/** How it is found out whether an instance answers. Milliseconds. */
export type HealthSettings = Pick<HostedSettings, 'healthIntervalMs' | 'healthTimeoutMs' | 'unhealthyThreshold'>;

export function healthOf({ health }: InstanceTemplate): HealthSettings {
  return {
    healthIntervalMs: msOf(health?.interval, 5000),
    healthTimeoutMs: msOf(health?.timeout, 1000),
    unhealthyThreshold: health?.unhealthyThreshold || 3,
  };
}

/** Time for calls under way at an instance that is to stop, in milliseconds. */
export function stopTimeoutMsOf({ stopTimeout }: InstanceTemplate): number {
  return msOf(stopTimeout, 10_000);
}

/** Undefined: a template with a runtime that this version does not know. */
export function hostedSettings(template: InstanceTemplate): HostedSettings | undefined {
  const { agentId, version, protocol, env, secretEnv, config, health, restart, runtime, resources } = template;
  if (runtime.case !== 'process' && runtime.case !== 'container') return undefined;
  return {
    agentId,
    version,
    protocol,
    runtime,
    package: template.package,
    limits: { cpuMillis: resources?.cpuMillis ?? 0, memoryBytes: Number(resources?.memoryBytes ?? 0) },
    env,
    secretEnv,
    config,
    healthPath: health?.path || DEFAULT_HEALTH_PATH,
    ...healthOf(template),
    startTimeoutMs: msOf(health?.startTimeout, 60_000),
    backoff: { initialMs: msOf(restart?.initialBackoff, 500), maxMs: msOf(restart?.maxBackoff, 30_000) },
    resetAfterMs: msOf(restart?.resetAfter, 60_000),
    stopTimeoutMs: stopTimeoutMsOf(template),
  };
}

function msOf(duration: Duration | undefined, otherwiseMs: number): number {
  return duration === undefined ? otherwiseMs : Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}
