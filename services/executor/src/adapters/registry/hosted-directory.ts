import { setTimeout as delay } from 'node:timers/promises';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import { AgentProtocol, InstanceHealth, type AgentRegistryService } from '@skein/contracts/registry';
import { Backoff } from '@skein/lifecycle';
import type { HostedDirectory, HostedRegistration } from '../../app/hosted-directory.ts';
import { DEFAULT_HEALTH_PATH, type InstanceRegistration } from '../../domain/hosted-settings.ts';

const TIMEOUT_MS = 5000;

/** Registers what this executor keeps running. */
export function hostedDirectory(
  registry: Client<typeof AgentRegistryService>,
  onFailed: (error: unknown) => void,
): HostedDirectory {
  const options = { timeoutMs: TIMEOUT_MS };
  const attempt = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      onFailed(error);
      return otherwise;
    }
  };

  const register = async ({ namespace, deploymentId, assignmentId, settings, endpoint, times }: HostedRegistration) => {
    const { agentId, version, protocol, config } = settings;
    const { instanceIds } = await registry.registerAgent(
      {
        namespace,
        agentId,
        version,
        protocol,
        endpoints: [endpoint],
        labels: { 'skein.deployment': deploymentId },
        ...(config === undefined ? {} : { config }),
        leaseTtl: durationFromMs(times.leaseMs),
        // The registry probes HTTP at its own path; where that is not the instance's, this executor's checks are what counts.
        ...(isProbed(settings) ? {} : { probe: { disabled: true } }),
        // A port that another version had lately is no reason to refuse.
        allowDowngrade: true,
      },
      options,
    );
    const [instanceId] = instanceIds;
    if (instanceId === undefined) throw new Error(`the registry answered without the instance ${assignmentId}`);
    return instanceId;
  };

  return {
    endpointOf: (protocol, address) => (protocol === AgentProtocol.GRPC ? address : `http://${address}`),

    async keepRegistered(registration, signal) {
      const { namespace, settings, times, onRegistered } = registration;
      const backoff = new Backoff({ initialMs: 50, maxMs: 2000 });
      let instanceId: string | undefined;
      let isKnown = false;
      while (!signal.aborted) {
        try {
          if (instanceId === undefined || !isKnown) {
            instanceId = await register(registration);
            isKnown = true;
            onRegistered();
          } else {
            const instances = [{ instanceId, health: InstanceHealth.HEALTHY }];
            const answer = await registry.heartbeat({ namespace, agentId: settings.agentId, instances }, options);
            isKnown = answer.unknownInstanceIds.length === 0;
            if (!isKnown) continue;
          }
          backoff.reset();
          await delay(times.beatMs, undefined, { signal }).catch(() => {});
        } catch (error) {
          onFailed(error);
          await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
        }
      }
      return instanceId;
    },

    drain: (instance) =>
      attempt(
        async () => void (await registry.drainInstance({ ...instance, reason: 'it is to stop' }, options)),
        undefined,
      ),

    inFlight: ({ namespace, agentId, instanceId }) =>
      attempt(async () => {
        const { agent } = await registry.getAgent({ namespace, agentId }, options);
        return agent?.instances.find((each) => each.instanceId === instanceId)?.load?.inFlight ?? 0;
      }, 0),

    remove: (instance) => attempt(async () => void (await registry.removeInstance(instance, options)), undefined),
  };
}

const isProbed = ({ protocol, healthPath }: InstanceRegistration): boolean =>
  protocol === AgentProtocol.GRPC || healthPath === DEFAULT_HEALTH_PATH;
