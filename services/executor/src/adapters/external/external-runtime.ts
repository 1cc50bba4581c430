/**
 * Deployments of servers that somebody else runs.
 *
 * Owns the checks of their endpoints. Each is ready once it answers, and no longer when it has not for as often as its template says.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadinessPort } from '../../app/runtime.ts';
import type { WholePicture, WholeRuntime, WholeSpec } from '../../app/whole-runtime.ts';
import { healthOf, registrationOf } from '../../domain/hosted-settings.ts';

/** Time between two checks of an endpoint that has never answered. */
const STARTING_INTERVAL_MS = 500;

export function externalRuntime(readiness: ReadinessPort): WholeRuntime {
  return {
    open(_key, onPicture) {
      let over = new AbortController();
      let checks: Promise<unknown> = Promise.resolve();
      const end = async () => {
        over.abort();
        await checks;
      };
      /** Endpoints that answer, of every revision so far: a new one begins with what is known. */
      const ready = new Set<string>();
      return {
        bring(spec) {
          over.abort();
          over = new AbortController();
          checks = Promise.all([checks, checkAll(spec, ready, readiness, over.signal, onPicture)]);
        },
        remove: end,
        release: end,
      };
    },
  };
}

async function checkAll(
  spec: WholeSpec,
  ready: Set<string>,
  readiness: ReadinessPort,
  signal: AbortSignal,
  onPicture: (picture: WholePicture) => void,
): Promise<void> {
  const { template, revision } = spec;
  const endpoints = template.runtime.case === 'external' ? template.runtime.value.endpoints : [];
  const faults = new Map<string, string>();
  const tell = () => {
    if (signal.aborted) return;
    const registration = registrationOf(template);
    const answering = endpoints.filter((endpoint) => ready.has(endpoint));
    const [failure = ''] = Array.from(faults, ([endpoint, fault]) => `${endpoint}: ${fault}`);
    onPicture({ instances: answering.map((endpoint) => ({ endpoint, revision, registration })), failure });
  };
  tell();
  await Promise.all(
    endpoints.map((endpoint) =>
      keepChecking(endpoint, spec, readiness, signal, (fault) => {
        const wasReady = ready.has(endpoint);
        if (fault === undefined) ready.add(endpoint);
        else ready.delete(endpoint);
        const isNews = wasReady !== (fault === undefined) || faults.get(endpoint) !== fault;
        if (fault === undefined) faults.delete(endpoint);
        else faults.set(endpoint, fault);
        if (isNews) tell();
      }),
    ),
  );
}

/** Tells after the first answer, and when an endpoint changes: why it is not ready, or undefined when it is. */
async function keepChecking(
  endpoint: string,
  { template }: WholeSpec,
  readiness: ReadinessPort,
  signal: AbortSignal,
  tell: (fault: string | undefined) => void,
): Promise<void> {
  const { healthIntervalMs, healthTimeoutMs, unhealthyThreshold } = healthOf(template);
  const settings = registrationOf(template);
  let failures = Infinity;
  while (!signal.aborted) {
    try {
      await readiness.check(endpoint, settings, AbortSignal.any([signal, AbortSignal.timeout(healthTimeoutMs)]));
      failures = 0;
      if (!signal.aborted) tell(undefined);
    } catch (error) {
      failures += 1;
      if (failures >= unhealthyThreshold && !signal.aborted)
        tell(error instanceof Error ? error.message : String(error));
    }
    const waitMs = failures === Infinity ? Math.min(STARTING_INTERVAL_MS, healthIntervalMs) : healthIntervalMs;
    await delay(waitMs, undefined, { signal }).catch(() => {});
  }
}
