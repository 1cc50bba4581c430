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

/** Who decides how many instances there are, and why they are as many. */
export function scaleText({ autoscale, replicas = 0, status }: Deployment): string {
  if (autoscale === undefined) return `${replicas} instances, until somebody changes it`;
  const { minReplicas = 0, maxReplicas = 0 } = autoscale;
  const { load, reason = '' } = status?.autoscale ?? {};
  const busy = load === undefined ? '' : `, load ${Math.round(load * 100) / 100}`;
  return `${replicas} of ${minReplicas} to ${maxReplicas} instances${busy}${reason === '' ? '' : `; ${reason}`}`;
}

/** A deployment and each of its instances. */
export function showDeployment(deployment: Deployment, output: Output): void {
  const { deploymentId, template, status } = deployment;
  const facts: [string, string][] = [
    ['deployment', deploymentId],
    ['agent', agentText(deployment)],
    ['runs', runtimeText(template)],
    ['phase', phaseText(deployment)],
    ['ready', readyText(deployment)],
    ['autoscaled', deployment.autoscale === undefined ? '' : scaleText(deployment)],
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
    each.endpoint || each.endpoints.join(' '),
    runsAs(each),
    String(each.restarts),
  ]);
  output.line('');
  for (const line of table(['INSTANCE', 'REVISION', 'STATE', 'ENDPOINT', 'RUNS AS', 'RESTARTS'], rows))
    output.line(line);
  for (const each of assignments) showTrouble(each, output);
}

/** Its process, or the beginning of its container's id, as the Engine shows it. */
function runsAs({ pid, containerId }: Assignment): string {
  if (containerId !== '') return `container ${containerId.slice(0, 12)}`;
  return pid === 0n ? '' : `process ${pid}`;
}

function showTrouble({ assignmentId, notice, failure }: Assignment, output: Output): void {
  for (const text of [notice, failure]) {
    if (text === '') continue;
    output.line('');
    output.line(`${assignmentId}: ${text}`);
  }
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
    case 'kubernetes':
      return `pods of ${runtime.value.image}`;
    case 'external':
      return `somebody else, at ${runtime.value.endpoints.length} endpoints`;
    case 'inProcess':
      return `function ${runtime.value.function} of an executor`;
    default:
      return 'on a runtime that this version does not know';
  }
}

function revisionText({ status }: Deployment): string {
  const { revision = 0n, completeRevision = 0n } = status ?? {};
  return revision === completeRevision ? String(revision) : `${revision} (the last complete one: ${completeRevision})`;
}
