/** A container as the Engine is asked for it. Pure. */
import type { StartInstance } from '../../app/runtime.ts';
import { filledIn, instanceEnvironment } from '../hosting/instance-environment.ts';
import type { ContainerSpec } from './engine.ts';

/** Names of the labels that every container carries. */
export const LABEL = Object.freeze({
  namespace: 'skein.namespace',
  deployment: 'skein.deployment',
  assignment: 'skein.assignment',
  executor: 'skein.executor',
  /** One for each start of an instance. */
  start: 'skein.start',
});

/** Whose container it is, and where its port is published. */
export interface ContainerOwner {
  readonly executorId: string;
  readonly startId: string;
  /** IP address of the machine. */
  readonly publishAddress: string;
}

const DEFAULT_PORT = 8080;
const MAX_PROCESSES = 4096;
/** 100 ms, as the kernel has it. */
const CPU_PERIOD_US = 100_000;
const TMP = { '/tmp': `rw,nosuid,nodev,mode=1777,size=${64 * 1024 * 1024}` };
/** What the Engine keeps on disk; the platform keeps lines of its own. */
const LOG = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } };

/** The port that the instance listens on, in the container, as the Engine names it. */
export function exposedPort(port: number): string {
  return `${port || DEFAULT_PORT}/tcp`;
}

export function containerSpec(
  { key, settings }: StartInstance,
  secrets: Readonly<Record<string, string>>,
  { executorId, startId, publishAddress }: ContainerOwner,
): ContainerSpec {
  const { runtime, limits } = settings;
  if (runtime.case !== 'container') throw new Error(`a ${runtime.case} is no container`);
  const { image, command, args, workingDirectory, user, readOnlyRoot, network } = runtime.value;
  const port = runtime.value.port || DEFAULT_PORT;
  const environment = instanceEnvironment(key, settings, secrets, { port });
  return {
    Image: image,
    ...(command === '' ? {} : { Entrypoint: [command] }),
    // Arguments of the image are those of its own entrypoint.
    ...(args.length === 0 && command === '' ? {} : { Cmd: args.map((arg) => filledIn(arg, { port })) }),
    ...(workingDirectory === '' ? {} : { WorkingDir: workingDirectory }),
    ...(user === '' ? {} : { User: user }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: {
      [LABEL.namespace]: key.namespace,
      [LABEL.deployment]: key.deploymentId,
      [LABEL.assignment]: key.assignmentId,
      [LABEL.executor]: executorId,
      [LABEL.start]: startId,
    },
    ExposedPorts: { [exposedPort(port)]: {} },
    HostConfig: {
      PortBindings: { [exposedPort(port)]: [{ HostIp: publishAddress, HostPort: '' }] },
      // When it is started again is decided here (app/hosted-instance.ts).
      RestartPolicy: { Name: 'no' },
      LogConfig: LOG,
      PidsLimit: MAX_PROCESSES,
      SecurityOpt: ['no-new-privileges'],
      ...(network === '' ? {} : { NetworkMode: network }),
      ...(readOnlyRoot ? { ReadonlyRootfs: true, Tmpfs: TMP } : {}),
      ...(limits.cpuMillis === 0
        ? {}
        : { CpuPeriod: CPU_PERIOD_US, CpuQuota: (limits.cpuMillis * CPU_PERIOD_US) / 1000 }),
      // As much with swap as without: none is added.
      ...(limits.memoryBytes === 0 ? {} : { Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes }),
    },
  };
}
