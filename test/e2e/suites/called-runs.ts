import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { RunState } from '@skein/contracts/scheduler';
import { sendOutput, startHttpAgent } from '../agents/http-agent.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'called-runs';

/** Agents that call other agents and workflows with the token of their call. */
export function calledRunSuite(use: UsePlatform): void {
  suite('called runs', () => {
    const register = (agentId: string, url: string) =>
      use().clients.agents.registerAgent({
        namespace: NAMESPACE,
        agentId,
        protocol: AgentProtocol.HTTP_PROCESS,
        endpoints: [url],
      });

    test('an agent calls another one as a child of its run, over REST', async () => {
      const { apiUrl, clients, skein } = use();
      await using helper = await startHttpAgent((response) => sendOutput(response, { hint: 'try the door' }));
      const ask = async (token: string, wait: string): Promise<Response> =>
        fetch(`${apiUrl}/api/v1/agents/helper/invoke?namespace=${NAMESPACE}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-run-token': token, 'idempotency-key': 'hint' },
          body: JSON.stringify({ input: 'what now?', wait }),
        });
      let token = '';
      await using asker = await startHttpAgent((response, call) => {
        token = call.runToken;
        const answer = async (): Promise<void> => {
          const child = (await (await ask(token, '30s')).json()) as { output: { hint: string } };
          sendOutput(response, { said: child.output.hint });
        };
        void answer();
      });
      await register('helper', helper.url);
      await register('asker', asker.url);
      const target = { case: 'agent' as const, value: { agentId: 'asker' } };
      const { run } = await clients.runs.startRun({ namespace: NAMESPACE, target, waitTimeout: { seconds: 30n } });
      assert.equal(run?.state, RunState.DONE);
      assert.equal(helper.calls.length, 1);
      const { runs } = await clients.runs.listRuns({ namespace: NAMESPACE, parentRunId: run.runId });
      assert.deepEqual(
        runs.map(({ workflowId, state }) => [workflowId, state]),
        [['agent.helper', RunState.DONE]],
      );
      const late = await ask(token, '0s');
      assert.equal(late.status, 409);
      assert.match(JSON.stringify(await late.json()), /RUN_TOKEN_EXPIRED/);
      const { code, stderr } = await skein('agents', 'invoke', 'helper', '--run-token', 'x', '-n', NAMESPACE);
      assert.notEqual(code, 0);
      assert.match(stderr, /the run token was not made by this platform/);
    });
  });
}
