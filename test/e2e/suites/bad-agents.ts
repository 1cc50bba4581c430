import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { RunState, type Run } from '@skein/contracts/scheduler';
import { beginEvents, sendOutput, startHttpAgent, type HttpAgent } from '../agents/http-agent.ts';
import { MISBEHAVIOURS, type Misbehaviour } from '../agents/misbehaving.ts';
import type { TestPlatform } from '../harness/platform.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'bad-agents';
/** Longer than an answer takes on a machine that has much else to do. */
const PATIENCE = '20s';
const PROTOCOLS = {
  'http-process': AgentProtocol.HTTP_PROCESS,
  'http-invoke-sse': AgentProtocol.HTTP_INVOKE_SSE,
} as const;

/** Agents that answer wrongly, late or never: retries as the policy says, then a failure that says what happened. */
export function badAgentSuite(use: UsePlatform): void {
  suite('bad agents', { concurrency: true }, () => {
    for (const [index, misbehaviour] of MISBEHAVIOURS.entries()) {
      test(`an agent that ${misbehaviour.name}`, async () => {
        await using agent = await startHttpAgent(misbehaviour.answer);
        const patience = misbehaviour.code === 'TIMEOUT' ? '1500ms' : PATIENCE;
        const run = await runOnce(use(), `bad-${index}`, misbehaviour.protocol, agent, patience);
        assert.equal(run.state, RunState.FAILED);
        assert.deepEqual([run.failure?.code, run.failedNodeId], [misbehaviour.code, 'work']);
        assert.match(run.failure?.place ?? '', new RegExp(`bad-${index}|work`));
        assert.equal(agent.calls.length, misbehaviour.attempts);
        assert.equal(new Set(agent.calls.map((call) => call.idempotencyKey)).size, misbehaviour.attempts);
      });
    }

    test('an agent that fails once is asked again and the run is done', async () => {
      await using agent = await startHttpAgent((response) => {
        if (agent.calls.length === 1) response.writeHead(503).end();
        else sendOutput(response, 'at last');
      });
      const run = await runOnce(use(), 'recovering', 'http-process', agent);
      assert.equal(run.state, RunState.DONE);
      assert.equal(run.nodes[0]?.attempt, 2);
    });

    test('text of an attempt that broke off is not taken for the answer', async () => {
      await using agent = await startHttpAgent((response) => {
        const send = beginEvents(response);
        send('delta', { text: `try ${agent.calls.length} ` });
        if (agent.calls.length === 1) setImmediate(() => response.destroy());
        else {
          send('done', {});
          response.end();
        }
      });
      const run = await runOnce(use(), 'broken-once', 'http-invoke-sse', agent);
      assert.deepEqual(run.output?.kind, outputOf('try 2 '));
    });
  });
}

/** Runs a workflow of one node whose agent may try twice. */
async function runOnce(
  { clients }: TestPlatform,
  agentId: string,
  protocol: Misbehaviour['protocol'],
  agent: HttpAgent,
  patience = PATIENCE,
): Promise<Run> {
  const namespace = NAMESPACE;
  await clients.agents.registerAgent({ namespace, agentId, protocol: PROTOCOLS[protocol], endpoints: [agent.url] });
  const source = JSON.stringify({
    id: `of-${agentId}`,
    nodes: [
      {
        id: 'work',
        type: 'agent',
        agent_id: agentId,
        retry: { max_attempts: 2, initial: '20ms' },
        timeouts: { start_to_close: patience },
      },
    ],
  });
  await clients.workflows.applyWorkflow({ namespace, definition: { case: 'source', value: source } });
  const target = { case: 'workflow', value: { workflowId: `of-${agentId}` } } as const;
  const { run } = await clients.runs.startRun({ namespace, target, waitTimeout: { seconds: 30n } });
  assert.ok(run);
  return run;
}

function outputOf(response: string): NonNullable<Run['output']>['kind'] {
  const field = { $typeName: 'google.protobuf.Value', kind: { case: 'stringValue', value: response } } as const;
  return { case: 'structValue', value: { $typeName: 'google.protobuf.Struct', fields: { response: field } } } as never;
}
