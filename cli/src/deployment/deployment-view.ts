import {
  AssignmentState,
  DeploymentPhase,
  type Assignment,
  type Deployment,
  type InstanceTemplate,
} from '@skein/contracts/registry';
import type { Output } from '../output/output.ts';
import { table } from '../output/table.ts';

const PHASES: Readonly<Partial<Record<DeploymentPhase, string>>> = {
  [DeploymentPhase.READY]: 'ready',
  [DeploymentPhase.PROGRESSING]: 'progressing',
  [DeploymentPhase.STALLED]: 'stalled',
  [DeploymentPhase.DELETING]: 'deleting',
};

const STATES: Readonly<Partial<Record<AssignmentState, string>>> = {
  [AssignmentState.UNSPECIFIED]: 'assigned',
  [AssignmentState.STARTING]: 'starting',
  [AssignmentState.RUNNING]: 'running',
  [AssignmentState.RESTARTING]: 'restarting',
  [AssignmentState.STOPPING]: 'stopping',
  [AssignmentState.STOPPED]: 'stopped',
};

/** Where a deployment stands, as a word. */
export const phaseText = ({ status }: Deployment): string =>
  PHASES[status?.phase ?? DeploymentPhase.UNSPECIFIED] ?? 'unknown';

/** Instances that take calls, of those that are wanted. */
export const readyText = ({ status, replicas = 0 }: Deployment): string => `${status?.readyReplicas ?? 0}/${replicas}`;

/** The agent and version that it keeps running. */
export const agentText = ({ template }: Deployment): string => `${template?.agentId ?? ''} ${template?.version ?? ''}`;

/** A deployment and each of its instances. */
export function showDeployment(deployment: Deployment, output: Output): void {
  const { deploymentId, template, status } = deployment;
  const facts: [string, string][] = [
    ['deployment', deploymentId],
    ['agent', agentText(deployment)],
    ['runs', runtimeText(template)],
    ['phase', phaseText(deployment)],
    ['ready', readyText(deployment)],
    ['revision', revisionText(deployment)],
    ['detail', status?.detail ?? ''],
  ];
  for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(12)} ${value}`);
  const assignments = status?.assignments ?? [];
  if (assignments.length === 0) return;
  const rows = assignments.map((each) => [
    each.assignmentId,
    String(each.revision),
    each.wanted ? (STATES[each.state] ?? 'unknown') : 'stopping',
    each.endpoint,
    each.pid === 0n ? '' : String(each.pid),
    String(each.restarts),
  ]);
  output.line('');
  for (const line of table(['INSTANCE', 'REVISION', 'STATE', 'ENDPOINT', 'PID', 'RESTARTS'], rows)) output.line(line);
  for (const each of assignments) showFailure(each, output);
}

function showFailure({ assignmentId, failure }: Assignment, output: Output): void {
  if (failure === '') return;
  output.line('');
  output.line(`${assignmentId}: ${failure}`);
}

function runtimeText(template: InstanceTemplate | undefined): string {
  const runtime = template?.runtime;
  switch (runtime?.case) {
    case 'process':
      return [runtime.value.command, ...runtime.value.args].join(' ');
    case 'container': {
      const { image, command, args } = runtime.value;
      return [`image ${image}`, command, ...args].filter((text) => text !== '').join(' ');
    }
    default:
      return 'on a runtime that this version does not know';
  }
}

function revisionText({ status }: Deployment): string {
  const { revision = 0n, completeRevision = 0n } = status ?? {};
  return revision === completeRevision ? String(revision) : `${revision} (the last complete one: ${completeRevision})`;
}
