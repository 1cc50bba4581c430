import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  AgentProtocol,
  AssignmentState,
  AutoscalePolicySchema,
  AutoscaleStatusSchema,
  DeploymentPhase,
  DeploymentSchema,
  DeploymentService,
  type Deployment,
} from '@skein/contracts/registry';
import { temporaryDirectory } from '@skein/testkit';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const FILE = `
deployment_id: d
template:
  agent_id: a
  version: 1.0.0
  protocol: http_process
  process: { command: node, args: [main.js, '\${PORT}'] }
  secret_env: { KEY: k }
  stop_timeout: 30s
`;

function deployment(phase: DeploymentPhase = DeploymentPhase.READY): Deployment {
  return create(DeploymentSchema, {
    deploymentId: 'd',
    replicas: 1,
    template: { agentId: 'a', version: '1.0.0', runtime: { case: 'process', value: { command: 'node', args: ['x'] } } },
    status: {
      phase,
      revision: 2n,
      completeRevision: 1n,
      readyReplicas: 1,
      detail: 'something',
      assignments: [
        {
          assignmentId: 'd-1',
          revision: 2n,
          state: AssignmentState.RESTARTING,
          wanted: true,
          restarts: 3,
          failure: 'boom',
        },
      ],
    },
  });
}

test('apply sends the file, with what the command line says, and waits', async () => {
  await using folder = await temporaryDirectory();
  const path = join(folder.path, 'd.yaml');
  await writeFile(path, FILE);
  const seen: Deployment[] = [];
  let asked = 0;
  await using platform = await fakePlatform(({ service }) =>
    service(DeploymentService, {
      applyDeployment(request) {
        if (request.deployment) seen.push(request.deployment);
        return { deployment: deployment(DeploymentPhase.PROGRESSING), created: true };
      },
      getDeployment: () => ({
        deployment: deployment((asked += 1) > 1 ? DeploymentPhase.READY : DeploymentPhase.STALLED),
      }),
    }),
  );
  const apply = (...args: string[]) => useCli(['deployments', 'apply', '-f', path, ...args, '--api', platform.url]);
  const { code, stdout } = await apply('--replicas', '3', '--wait', '10s');
  assert.deepEqual([code, stdout], [EXIT.ok, 'd created: a 1.0.0, ready, 1/1 ready\n']);
  assert.partialDeepStrictEqual(seen, [
    {
      deploymentId: 'd',
      replicas: 3,
      template: {
        protocol: AgentProtocol.HTTP_PROCESS,
        runtime: { case: 'process', value: { args: ['main.js', '${PORT}'] } },
        secretEnv: { KEY: 'k' },
        stopTimeout: { seconds: 30n },
      },
    },
  ]);
  asked = -1e9;
  const late = await apply('--wait', '0s');
  assert.equal(late.code, EXIT.timedOut);
  assert.match(late.stderr, /deployment d is not ready yet: stalled, 1\/1 ready; something/);
  await writeFile(path, FILE.replace('30s', 'soon'));
  const wrong = await apply();
  assert.match(wrong.stderr, /template\.stop_timeout/);
});

test('list, get, scale, rollback and delete show what the registry says', async () => {
  const seen: unknown[] = [];
  let isDeleted = false;
  await using platform = await fakePlatform(({ service }) =>
    service(DeploymentService, {
      listDeployments: () => ({ deployments: [deployment()] }),
      getDeployment() {
        if (isDeleted) throw new ConnectError('gone', Code.NotFound);
        return { deployment: deployment() };
      },
      scaleDeployment(request) {
        seen.push(request.replicas);
        return { deployment: deployment() };
      },
      autoscaleDeployment(request) {
        const { autoscale } = request;
        seen.push([autoscale?.minReplicas, autoscale?.idleTimeout?.seconds]);
        const scaled = deployment();
        if (autoscale !== undefined) {
          scaled.autoscale = create(AutoscalePolicySchema, { minReplicas: 0, maxReplicas: 10 });
          const status = { load: 0.456, reason: 'nobody has called for 60 s: 1 to 0 instances' };
          if (scaled.status) scaled.status.autoscale = create(AutoscaleStatusSchema, status);
        }
        return { deployment: scaled };
      },
      rollbackDeployment(request) {
        seen.push(request.revision);
        return { deployment: deployment() };
      },
      deleteDeployment() {
        isDeleted = true;
        return { deployment: deployment() };
      },
    }),
  );
  const cli = (...args: string[]) => useCli(['deployments', ...args, '--api', platform.url]);
  assert.match((await cli('list')).stdout, /^DEPLOYMENT.*\nd +a 1\.0\.0 +1\/1 +ready +something/);
  const shown = (await cli('get', 'd')).stdout;
  assert.match(shown, /runs +node x\n[^]*revision +2 \(the last complete one: 1\)/);
  assert.match(shown, /d-1 +2 +restarting +3\n\nd-1: boom/);
  assert.equal((await cli('scale', 'd', '--replicas', '4')).stdout, 'd scaled: ready, 1/1 ready\n');
  assert.equal(
    (await cli('autoscale', 'd', '--min', '0', '--idle', '1m')).stdout,
    'd: 1 of 0 to 10 instances, load 0.46; nobody has called for 60 s: 1 to 0 instances\n',
  );
  assert.equal((await cli('autoscale', 'd', '--off')).stdout, 'd: 1 instances, until somebody changes it\n');
  assert.match((await cli('rollback', 'd', '--revision', '1')).stdout, /^d goes back to a 1\.0\.0, as revision 2\n/);
  assert.equal((await cli('delete', 'd', '--wait', '5s')).stdout, 'd deleted\n');
  assert.deepEqual(seen, [4, [0, 60n], [undefined, undefined], 1n]);
});

test('logs show what instances wrote, each with its name where there are several', async () => {
  const asked: unknown[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(DeploymentService, {
      async *streamLogs({ deploymentId, assignmentId, follow, tailLines }) {
        asked.push([deploymentId, assignmentId, follow, tailLines]);
        const line = { assignmentId: 'd-1', text: 'hello', number: 3n, restarts: 1 };
        yield { line };
        yield {};
        yield { line: { ...line, text: 'again', skippedLines: 7n } };
      },
    }),
  );
  const cli = (...args: string[]) => useCli(['deployments', 'logs', 'd', ...args, '--api', platform.url]);
  const all = await cli();
  assert.equal(all.stdout, 'd-1 hello\nd-1 again\n');
  assert.match(all.stderr, /7 lines of d-1 came too fast/);
  assert.equal((await cli('--instance', 'd-1', '--follow', '--tail', '5')).stdout, 'hello\nagain\n');
  const [first] = (await cli('-o', 'json')).stdout.split('\n');
  assert.partialDeepStrictEqual(JSON.parse(first ?? ''), { assignment_id: 'd-1', text: 'hello', restarts: 1 });
  assert.deepEqual(asked.slice(0, 2), [
    ['d', '', false, 100],
    ['d', 'd-1', true, 5],
  ]);
});
