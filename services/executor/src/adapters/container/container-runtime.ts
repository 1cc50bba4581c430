/**
 * Instances as containers of the Docker Engine of this machine.
 *
 * Owns the containers that carry this executor's id, and the stream of the Engine's events about them.
 *
 * K1. The Engine starts nothing again by itself: each start is a new container, each end a failure with its reason.
 * K2. Once the stream of events is open, again or for the first time, every container is looked at: no end is missed. All
 *     are looked at every `LOOK_MS` besides.
 * K3. A start is known here before the Engine is asked for its container, and until that is removed (container-sweep.ts).
 */
import { randomUUID } from 'node:crypto';
import type { ContainerRuntime } from '@skein/contracts/registry';
import { atMost } from '../../app/at-most.ts';
import type { OnLine, Runtime, StartInstance, StartedInstance } from '../../app/runtime.ts';
import { secretsOf } from '../hosting/instance-environment.ts';
import { LineLog } from '../hosting/line-log.ts';
import { hostPortIn } from './container-end.ts';
import { containerSpec, exposedPort, LABEL } from './container-spec.ts';
import { sweepContainers } from './container-sweep.ts';
import { watchEngine, type EngineObserver } from './engine-watch.ts';
import { Engine } from './engine.ts';
import { provideImage } from './image-supply.ts';
import { publishPlace } from './publish-address.ts';
import { RunningContainer } from './running-container.ts';

/** Told of what happens around containers. */
export interface ContainerObserver extends EngineObserver {
  containersRemoved(count: number): void;
}

/** What the runtime needs. */
export interface ContainerRuntimeOptions {
  readonly executorId: string;
  readonly socketPath: string;
  /** IP address of the machine; undefined: see publish-address.ts. */
  readonly publishAddress: string | undefined;
  /** How others reach this machine. */
  readonly host: string;
  /** The folder with a file for each secret; undefined: there are none. */
  readonly secretsDirectory: string | undefined;
  readonly goneExecutors: (executorIds: readonly string[]) => Promise<readonly string[]>;
  readonly onLine: OnLine;
  readonly observer: ContainerObserver;
}

const LOOK_MS = 5000;
/** For each step of the end of containers that are left when the runtime ends. */
const CLOSE_TIMEOUT_MS = 1000;

export function containerRuntime(options: ContainerRuntimeOptions): Runtime {
  const { executorId, socketPath, observer, goneExecutors } = options;
  const engine = new Engine(socketPath);
  const closed = new AbortController();
  /** By start id; undefined: it is being started. */
  const kept = new Map<string, RunningContainer | undefined>();
  const containers = () => [...kept.values()].filter((each) => each !== undefined);
  const sweep = inTurn(async () => {
    const isKept = (startId: string) => kept.has(startId);
    const count = await sweepContainers({ engine, executorId, isKept, goneExecutors });
    if (count > 0) observer.containersRemoved(count);
  });
  const lookAtAll = (): void => {
    for (const container of containers()) void container.check().catch(() => {});
    void sweep();
  };
  const watching = watchEngine({
    engine,
    label: `${LABEL.executor}=${executorId}`,
    onOpen: lookAtAll,
    onEvent: (id) =>
      void containers()
        .find((each) => each.id === id)
        ?.check()
        .catch(() => {}),
    observer,
    signal: closed.signal,
  });
  const timer = setInterval(lookAtAll, LOOK_MS);

  return {
    async start(instance) {
      const startId = randomUUID();
      kept.set(startId, undefined);
      try {
        const container = await launch(instance, startId, engine, options);
        kept.set(startId, container.running);
        void container.running.ended.then(() => kept.delete(startId));
        return container;
      } catch (error) {
        kept.delete(startId);
        lookAtAll();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      const stopping = Promise.all(containers().map((container) => container.stop(0)));
      await atMost(stopping, CLOSE_TIMEOUT_MS);
      for (const container of containers()) container.abandon();
      closed.abort();
      // An Engine that hangs holds nobody up: what is left is the next executor's to remove.
      await atMost(sweep(), CLOSE_TIMEOUT_MS);
      await watching;
      await engine[Symbol.asyncDispose]();
    },
  };
}

/**
 * Does the work one time after the other; who asks while it is done has it done once more. What it throws is left to the next
 * time: the Engine or the registry is away.
 */
function inTurn(work: () => Promise<void>): () => Promise<void> {
  let working = Promise.resolve();
  let waiting = 0;
  return () => {
    if (waiting === 0) {
      waiting += 1;
      working = working.then(() => {
        waiting -= 1;
        return work().catch(() => {});
      });
    }
    return working;
  };
}

/** @throws Error that says why it cannot be started. */
async function launch(
  instance: StartInstance,
  startId: string,
  engine: Engine,
  { executorId, publishAddress, host, secretsDirectory, onLine }: ContainerRuntimeOptions,
): Promise<StartedInstance & { readonly running: RunningContainer }> {
  const { key, settings, signal } = instance;
  if (settings.runtime.case !== 'container') throw new Error(`a ${settings.runtime.case} is no container`);
  const { image, port } = settings.runtime.value;
  const place = publishPlace(publishAddress, host);
  const secrets = await secretsOf(settings, secretsDirectory);
  await provideImage(engine, settings.runtime.value, signal);
  const owner = { executorId, startId, publishAddress: place.address };
  const name = `skein-${key.namespace}-${key.assignmentId}-${startId.slice(-12)}`;
  const { id, warnings } = await engine.create(name, containerSpec(instance, secrets, owner));
  await engine.start(id);
  const inspection = await engine.inspect(id);
  const hostPort = inspection === undefined ? undefined : hostPortIn(inspection, exposedPort(port));
  const running = new RunningContainer({
    engine,
    id,
    image,
    exposedPort: exposedPort(port),
    hostPort,
    limits: settings.limits,
    log: new LineLog((line, timeMs) => onLine(key, line, timeMs), Object.values(secrets)),
  });
  await running.check();
  if (hostPort === undefined) {
    await running.stop(0);
    throw new Error(inspection?.State.Running === true ? noPort(settings.runtime.value) : await running.ended);
  }
  return {
    running,
    address: `${place.host}:${hostPort}`,
    pid: 0,
    containerId: id,
    notice: warnings,
    ended: running.ended,
    stop: (timeoutMs) => running.stop(timeoutMs),
  };
}

function noPort({ network, port }: ContainerRuntime): string {
  return `the network ${network || 'of the Engine'} publishes no port ${exposedPort(port)}`;
}
