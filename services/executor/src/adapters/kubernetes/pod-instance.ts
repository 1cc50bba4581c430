/** What a pod is to routing. Pure. */
import type { V1Pod } from '@kubernetes/client-node';
import { AgentProtocol } from '@skein/contracts/registry';
import type { WholeInstance } from '../../app/whole-runtime.ts';
import type { InstanceRegistration } from '../../domain/hosted-settings.ts';
import { LABELS, REGISTRATION } from './names.ts';

/** The revision that pods of a template are of now. */
export interface NewestTemplate {
  readonly digest: string;
  readonly revision: bigint;
}

/** Undefined: it takes no calls, or was not made by an executor. */
export function instanceOf({ metadata, spec, status }: V1Pod, newest: NewestTemplate): WholeInstance | undefined {
  const registration = registrationIn(metadata?.annotations?.[REGISTRATION]);
  const port = spec?.containers[0]?.ports?.[0]?.containerPort;
  const { podIP, conditions = [] } = status ?? {};
  const isReady = conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  if (registration === undefined || port === undefined || podIP === undefined || !isReady) return undefined;
  // It has been told to stop, and is still ready for a moment.
  if (metadata?.deletionTimestamp !== undefined) return undefined;
  const address = `${podIP.includes(':') ? `[${podIP}]` : podIP}:${port}`;
  const isNewest = metadata?.labels?.[LABELS.template] === newest.digest;
  return {
    endpoint: registration.protocol === AgentProtocol.GRPC ? address : `http://${address}`,
    revision: isNewest ? newest.revision : 0n,
    registration,
  };
}

/** Why a pod does not become ready. Undefined: it does, or nobody knows. */
export function troubleOf({ metadata, status }: V1Pod): string | undefined {
  const name = metadata?.name ?? 'a pod';
  for (const { state, lastState } of status?.containerStatuses ?? []) {
    const { reason, message = '' } = state?.waiting ?? {};
    const ended = lastState?.terminated;
    if (reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing') {
      const exit =
        ended === undefined ? '' : `; it ended with exit code ${ended.exitCode} (${ended.reason ?? 'Error'})`;
      return `${name}: ${reason}${message === '' ? '' : `: ${message}`}${exit}`;
    }
  }
  const unplaced = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  return unplaced === undefined ? undefined : `${name}: ${unplaced.reason ?? 'not placed'}: ${unplaced.message ?? ''}`;
}

function registrationIn(text: string | undefined): InstanceRegistration | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as InstanceRegistration);
  } catch {
    return undefined;
  }
}
