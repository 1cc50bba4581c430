import type { Protocol } from '../domain/agent-record.ts';
import type { HealthChange } from './agent-store.ts';

/** Told of what happens in a registry; each is one counter and one log line together. */
export interface RegistryObserver {
  probed(protocol: Protocol, succeeded: boolean, durationMs: number): void;
  healthChanged(change: HealthChange): void;
  /** So many instances were not heard of in time, and are forgotten. */
  leasesExpired(instances: number): void;
  /** This process probes from now on, or no longer. */
  probing(active: boolean): void;
  /** The file of agents has been read. */
  fileRead(entries: number): void;
  /** The file, or an entry of it, cannot be used now. */
  listingFailed(place: string, error: unknown): void;
  /** The database failed; what was to be done is done when it is back. */
  databaseFailed(what: string, error: unknown): void;
  /** Something went wrong that nobody foresaw. */
  defect(what: string, error: unknown): void;
}
