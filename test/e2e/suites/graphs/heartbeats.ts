import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { beginEvents, startHttpAgent } from '../../agents/http-agent.ts';
import { nodeOf, outputOf, stateOf, Workplace } from '../../harness/workplace.ts';
import type { UsePlatform } from '../every-mode.ts';

const RETRY = { max_attempts: 2, initial: '10ms' };

/** Agents that say how far they have come, and agents that say nothing. */
export function heartbeatSuite(use: UsePlatform): void {
  suite('heartbeats', { concurrency: true }, () => {
    test('the next attempt is told how far the one before had come', async () => {
      const place = new Workplace(use(), 'heartbeats');
      const { namespace, clients } = place;
      const told: unknown[] = [];
      await using agent = await startHttpAgent((response, { body }) => {
        const { context } = body as { context: Readonly<Record<string, unknown>> };
        told.push(context['resume_details']);
        const send = beginEvents(response);
        send('heartbeat', { resume_details: { pages: told.length * 10 } });
        if (told.length === 1) send('error', { code: 'TIRED', message: 'later', retryable: true });
        else send('done', { final_message: 'all of it' });
        response.end();
      });
      const protocol = AgentProtocol.HTTP_INVOKE_SSE;
      await clients.agents.registerAgent({ namespace, agentId: 'reader', protocol, endpoints: [agent.url] });
      const run = await place.run({
        id: 'read',
        nodes: [{ id: 'read', type: 'agent', agent_id: 'reader', retry: RETRY }],
      });
      assert.deepEqual([stateOf(run), outputOf(run)], ['DONE', { response: 'all of it' }]);
      assert.deepEqual(told, [undefined, { pages: 10 }]);
      const names = (await place.events(run.runId)).map((event) => event.case);
      assert.equal(names.filter((name) => name === 'taskHeartbeat').length, 1);
    });

    test('an agent that stays silent for too long has failed', async () => {
      const place = new Workplace(use(), 'heartbeats-silent');
      const { namespace, clients } = place;
      await using agent = await startHttpAgent((response) => beginEvents(response)('heartbeat', {}));
      const protocol = AgentProtocol.HTTP_INVOKE_SSE;
      await clients.agents.registerAgent({ namespace, agentId: 'silent', protocol, endpoints: [agent.url] });
      const node = { id: 'wait', type: 'agent', agent_id: 'silent', retry: { max_attempts: 1 } };
      const run = await place.run({ id: 'silent', nodes: [{ ...node, timeouts: { heartbeat: '200ms' } }] });
      assert.deepEqual([stateOf(run), nodeOf(run, 'wait').failure?.code], ['FAILED', 'TIMEOUT']);
    });
  });
}
