import type { HostedSettings } from '../domain/hosted-settings.ts';

/** Which instance it is. */
export interface HostedKey {
  readonly namespace: string;
  readonly deploymentId: string;
  readonly assignmentId: string;
}

/** What a runtime starts. */
export interface StartInstance {
  readonly key: HostedKey;
  readonly settings: HostedSettings;
  /** Fires when it is not wanted any more: a start that takes long may be given up. */
  readonly signal: AbortSignal;
}

/** Told of each line that an instance writes, and when it did. */
export type OnLine = (key: HostedKey, line: string, timeMs: number) => void;

/** An instance that was started. */
export interface StartedInstance {
  /** Where it will answer once it is ready, as `host:port`. */
  readonly address: string;
  /** 0: it has none. */
  readonly pid: number;
  /** Empty: it has none. */
  readonly containerId: string;
  /** What cannot be done of what was asked; empty: nothing. */
  readonly notice: string;
  /** Why it ended, with the last lines that it wrote; never rejects. */
  readonly ended: Promise<string>;
  /** Asks it to end, makes it after `timeoutMs`; resolves when nothing of it is left. Repeatable. */
  stop(timeoutMs: number): Promise<void>;
}

/**
 * Where instances run.
 *
 * T1. What is started ends with `stop` or with the runtime, with all that it started. When this process dies, however it does,
 *     a process ends with it; a container ends once another executor of its Engine learns of the death.
 * T2. What it writes goes to the log of the platform, and its last lines into the failure.
 */
export interface Runtime extends AsyncDisposable {
  /** @throws Error that says why it cannot be started. */
  start(instance: StartInstance): Promise<StartedInstance>;
}

/** Asks an instance whether it answers. */
export interface ReadinessPort extends Disposable {
  /** `address` is `host:port`, or a base URL over HTTP. @throws Error that says why it does not. */
  check(address: string, settings: Pick<HostedSettings, 'protocol' | 'healthPath'>, signal: AbortSignal): Promise<void>;
}
