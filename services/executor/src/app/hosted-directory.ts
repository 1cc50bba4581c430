import type { AgentProtocol } from '@skein/contracts/registry';
import type { InstanceRegistration } from '../domain/hosted-settings.ts';
import type { HostTimes } from './hosted-instance.ts';
import type { HostedKey } from './runtime.ts';

/** An instance that is to be registered. */
export interface HostedRegistration extends HostedKey {
  readonly settings: InstanceRegistration;
  readonly endpoint: string;
  readonly times: HostTimes;
  readonly onRegistered: () => void;
}

/** An instance as the registry names it. */
export interface RegisteredInstance {
  readonly namespace: string;
  readonly agentId: string;
  readonly instanceId: string;
}

/** The registry, as instances that are kept running need it. Nothing of it rejects: an outage is told, and tried again. */
export interface HostedDirectory {
  /** The endpoint of what answers at `host:port`. */
  endpointOf(protocol: AgentProtocol, address: string): string;
  /**
   * Registers an instance with a lease, renews that, and registers again what was forgotten, until `signal` fires.
   * Answers its instance id; undefined: it was never registered.
   */
  keepRegistered(registration: HostedRegistration, signal: AbortSignal): Promise<string | undefined>;
  drain(instance: RegisteredInstance): Promise<void>;
  /** Calls under way, of all executors as far as is known. */
  inFlight(instance: RegisteredInstance): Promise<number>;
  remove(instance: RegisteredInstance): Promise<void>;
}
