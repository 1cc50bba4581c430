import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { NodeState, RunState } from '@skein/contracts/scheduler';
import { beginEvents, startHttpAgent } from '../agents/http-agent.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'cancels';
const INTERVAL_MS = 20;

/** Cancelling a run while its agent streams. */
export function cancelSuite(use: UsePlatform): void {
  suite('cancel', () => {
    test('a cancelled run tells its agent to stop, and stays cancelled', async () => {
      const { clients, skein } = use();
      const stopped = Promise.withResolvers<void>();
      await using agent = await startHttpAgent((response) => {
        const send = beginEvents(response);
        const timer = setInterval(() => send('delta', { text: 'on and on ' }), INTERVAL_MS);
        response.once('close', () => {
          clearInterval(timer);
          stopped.resolve();
        });
      });
      await clients.agents.registerAgent({
        namespace: NAMESPACE,
        agentId: 'talker',
        protocol: AgentProtocol.HTTP_INVOKE_SSE,
        endpoints: [agent.url],
      });
      const target = { case: 'agent', value: { agentId: 'talker' } } as const;
      const { run } = await clients.runs.startRun({ namespace: NAMESPACE, target });
      const runId = run?.runId ?? '';
      const seen: string[] = [];
      let cancelling: ReturnType<typeof skein> | undefined;
      const follow = { namespace: NAMESPACE, runId, includeTaskEvents: true };
      for await (const { item } of clients.events.subscribeEvents(follow)) {
        if (item.case === 'runEvent' || item.case === 'taskEvent') seen.push(item.value.event.case ?? '');
        // Streamed text is seen while the agent still writes; then it is enough.
        if (item.case === 'taskEvent')
          cancelling ??= skein('runs', 'cancel', runId, '-n', NAMESPACE, '--reason', 'enough');
      }
      assert.deepEqual([seen.at(0), seen.at(-1)], ['runStarted', 'runCancelled']);
      const cancelled = await cancelling;
      assert.deepEqual([cancelled?.code, cancelled?.stdout], [0, `${runId} CANCELLED\n`]);
      await stopped.promise;
      assert.equal(agent.calls.length, 1);

      const { run: after } = await clients.runs.getRun({ namespace: NAMESPACE, runId });
      assert.equal(after?.state, RunState.CANCELLED);
      assert.equal(after.nodes[0]?.state, NodeState.CANCELLED);
      assert.match(after.failure?.message ?? '', /enough/);
      const again = await skein('runs', 'cancel', runId, '-n', NAMESPACE);
      assert.equal(again.code, 0);
      const watched = await skein('runs', 'watch', runId, '-n', NAMESPACE);
      assert.equal(watched.code, 1);
      assert.match(watched.stderr, /ended in state CANCELLED/);
    });
  });
}
