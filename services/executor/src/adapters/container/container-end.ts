/** Whether a container has ended, and why. Pure. */
import type { ResourceLimits } from '../../domain/hosted-settings.ts';
import type { Inspection } from './engine.ts';

/** What it was when it was started. */
export interface StartedContainer {
  readonly image: string;
  readonly exposedPort: string;
  readonly hostPort: string | undefined;
  readonly limits: ResourceLimits;
}

/** The status of a container by a signal is 128 and its number. */
const SIGNALS: Readonly<Record<number, string>> = { 134: 'SIGABRT', 137: 'SIGKILL', 139: 'SIGSEGV', 143: 'SIGTERM' };

/** Undefined: it runs, where it was. */
export function endIn(inspection: Inspection | undefined, started: StartedContainer): string | undefined {
  const { image, limits } = started;
  if (inspection === undefined) return `the container of ${image} was removed`;
  const { Running, ExitCode, OOMKilled, Error: error } = inspection.State;
  if (Running) {
    const port = hostPortIn(inspection, started.exposedPort);
    // Started again by somebody else: nobody who knows the old port reaches it.
    return port === started.hostPort ? undefined : `the container of ${image} was started again at another port`;
  }
  if (OOMKilled) return `${image} ran out of memory${memoryText(limits)}`;
  if (error !== '') return `${image} cannot be started: ${error}`;
  const signal = SIGNALS[ExitCode];
  return `${image} ended with exit code ${ExitCode}${signal === undefined ? '' : ` (${signal})`}`;
}

/** The port of the machine; undefined: there is none. */
export function hostPortIn({ NetworkSettings }: Inspection, exposedPort: string): string | undefined {
  return NetworkSettings.Ports?.[exposedPort]?.[0]?.HostPort;
}

function memoryText({ memoryBytes }: ResourceLimits): string {
  return memoryBytes === 0 ? '' : `: it may have ${Math.round((memoryBytes / 1024 ** 2) * 10) / 10} MiB`;
}
