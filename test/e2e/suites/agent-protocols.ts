import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { RunState } from '@skein/contracts/scheduler';
import { eventually, spawnProcess } from '@skein/testkit';
import { startHttpAgent } from '../agents/http-agent.ts';
import type { TestPlatform } from '../harness/platform.ts';
import { ROOT } from '../harness/skein.ts';
import type { UsePlatform } from './every-mode.ts';

const EXAMPLE = join(ROOT, 'examples/a2a/workflow.yaml');
const READY = /^READY (\S+:\d+)$/m;
const TEXT = 'The printer prints blank pages. I like tea. New printer ink did not help the blank pages.';

/** Registers; a protocol that was found out is in what is printed. */
async function register(platform: TestPlatform, agentId: string, ...options: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await platform.skein('agents', 'register', agentId, ...options);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** Agents that speak what the platform did not invent. */
export function agentProtocolSuite(use: UsePlatform): void {
  suite('agent protocols', { concurrency: true }, () => {
    test('the example of A2A runs, and what its agent asks is answered', async () => {
      const platform = use();
      const namespace = 'a2a-example';
      const entry = join(ROOT, 'examples/agents/summarizer/src/main.ts');
      const env = { ...process.env, PORT: '0' };
      await using agent = await spawnProcess(process.execPath, { args: [entry], env, ready: READY });
      const [, address = ''] = await agent.waitFor(READY);
      const registered = await register(platform, 'summarizer', '-e', `http://${address}`, '-n', namespace);
      assert.match(registered, /version 1\.0\.0, a2a/);
      const answerTo = async (input: object): Promise<string> => {
        const options = ['-n', namespace, '--input', JSON.stringify(input)];
        const { code, stdout, stderr } = await platform.skein('run', EXAMPLE, ...options);
        assert.equal(code, 0, stderr);
        return stdout.trim();
      };
      const summary = 'The printer prints blank pages. New printer ink did not help the blank pages.';
      assert.equal(await answerTo({ text: TEXT }), summary);
      const options = ['-n', namespace, '--input', '{"text":""}', '-o', 'json'];
      const started = await platform.skein('runs', 'start', 'summary', ...options);
      const { run_id: runId } = JSON.parse(started.stdout) as { run_id: string };
      const asking = await eventually(
        async () => {
          const { run } = await platform.clients.runs.getRun({ namespace, runId });
          const node = run?.nodes.find(({ nodeId }) => nodeId === 'summarize');
          return run?.state === RunState.WAITING && node?.question !== undefined ? node : undefined;
        },
        { describe: 'the run to wait for an answer' },
      );
      assert.equal(asking.question?.message, 'Which text shall I shorten?');
      const answer = (...words: readonly string[]) =>
        platform.skein('runs', 'answer', runId, ...words, '-n', namespace);
      assert.match((await answer('"x"', '--node', 'summary')).stderr, /does not ask for anything/);
      const question = String(asking.questionSeq);
      const answered = await answer(JSON.stringify(TEXT), '--by', 'ada', '--question', question);
      assert.equal(answered.code, 0, answered.stderr);
      const watched = await platform.skein('runs', 'watch', runId, '-n', namespace);
      assert.match(watched.stdout, /The printer prints blank pages/);
      const events = await platform.skein('runs', 'events', runId, '-n', namespace);
      assert.match(events.stdout, /input_required[^]*input_provided[^]*run_done/);
    });

    test('an agent that works by task type is called by the skill of its node', async () => {
      const platform = use();
      const namespace = 'execute';
      await using agent = await startHttpAgent((response, { path, body }) => {
        if (path !== '/execute') return void response.writeHead(404).end();
        response.setHeader('content-type', 'application/json');
        if (body['type'] === 'double') {
          return void response.end(JSON.stringify({ success: true, data: Number(body['payload']) * 2 }));
        }
        response.writeHead(400).end(JSON.stringify({ error: 'Unknown task type' }));
      });
      await register(platform, 'doubler', '-e', agent.url, '-p', 'http-execute', '-n', namespace);
      const runWith = async (skill: string) => {
        const node = { id: 'work', type: 'agent', agent_id: 'doubler', skill, input: '${ input.n }' };
        const source = JSON.stringify({ id: `by-${skill}`, nodes: [node] });
        await platform.clients.workflows.applyWorkflow({ namespace, definition: { case: 'source', value: source } });
        const { run } = await platform.clients.runs.startRun({
          namespace,
          target: { case: 'workflow', value: { workflowId: `by-${skill}` } },
          input: {
            kind: { case: 'structValue', value: { fields: { n: { kind: { case: 'numberValue', value: 21 } } } } },
          },
          waitTimeout: { seconds: 30n },
        });
        return run ?? assert.fail('no run');
      };
      const done = await runWith('double');
      assert.deepEqual(done.output?.kind, { case: 'numberValue', value: 42 });
      const failed = await runWith('triple');
      assert.deepEqual([failed.state, failed.failure?.code], [RunState.FAILED, 'METHOD_NOT_FOUND']);
    });
  });
}
