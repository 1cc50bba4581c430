/** Runtimes that look after a deployment as a whole: somebody else starts, stops and replaces its instances. */
import type { AutoscalePolicy, InstanceTemplate, RolloutPolicy } from '@skein/contracts/registry';
import type { InstanceRegistration } from '../domain/hosted-settings.ts';

/** Names a deployment. */
export interface WholeKey {
  readonly namespace: string;
  readonly deploymentId: string;
}

/** What a deployment is to be. */
export interface WholeSpec {
  readonly revision: bigint;
  readonly replicas: number;
  readonly rollout?: RolloutPolicy | undefined;
  /** Absent: `replicas` says how many there are. */
  readonly autoscale?: AutoscalePolicy | undefined;
  readonly template: InstanceTemplate;
}

/** An instance that takes calls. */
export interface WholeInstance {
  readonly endpoint: string;
  /** What it is of. */
  readonly revision: bigint;
  readonly registration: InstanceRegistration;
}

/** How a deployment is now. */
export interface WholePicture {
  readonly instances: readonly WholeInstance[];
  /** What is in the way. Empty: nothing. */
  readonly failure: string;
}

/** A deployment in the care of a runtime. */
export interface KeptWhole {
  /** Brings it to what it is to be now. Repeatable; tried until it works. */
  bring(spec: WholeSpec): void;
  /** Takes away everything, also what another executor has left; resolves when nothing is left, or `signal` fires. */
  remove(signal: AbortSignal): Promise<void>;
  /** Leaves it as it is, for another executor. */
  release(): Promise<void>;
}

/**
 * Keeps deployments.
 *
 * W1. `onPicture` is told how it is after each change, until it is removed or released.
 * W2. Whatever goes wrong is told in the picture, and tried again.
 */
export interface WholeRuntime {
  open(key: WholeKey, onPicture: (picture: WholePicture) => void): KeptWhole;
}
