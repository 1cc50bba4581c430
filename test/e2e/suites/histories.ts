import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { beginEvents, startHttpAgent } from '../agents/http-agent.ts';
import type { TestPlatform } from '../harness/platform.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'histories';
const WORKFLOW = `
id: answer
nodes:
  - { id: ask, type: agent, agent_id: flaky, branch: all, retry: { max_attempts: 3, initial: 10ms } }
  - { id: echo, type: llm, model: builtin/echo, prompt: "\${ output.ask }" }
  - { id: shout, type: transform, expression: "{'text': output.ask, 'loud': true}" }
  - { id: both, type: transform, expression: "{'echo': output.echo, 'shout': output.shout.text}" }
edges:
  - { from: ask, to: echo, condition: "output.ask != ''" }
  - { from: ask, to: shout, condition: "input.loud == true" }
  - { from: echo, to: both }
  - { from: shout, to: both }
`;

/** Histories in files: exported, replayed, imported. */
export function historySuite(use: UsePlatform): void {
  suite('histories', () => {
    test('an exported run replays without a platform, and not on another definition', async () => {
      const platform = use();
      const { runId, file, workflow } = await exportedRun(platform);
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
      assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ''), {
        skein_history: 1,
        run_id: runId,
        workflow_version: 1,
      });
      assert.ok(lines.some((line) => 'nodeRetryScheduled' in (JSON.parse(line) as object)));
      assert.ok(lines.some((line) => 'agentStreamDelta' in (JSON.parse(line) as object)));
      const offline = ['--api', 'http://127.0.0.1:1'];
      const same = await platform.skein('replay', file, ...offline);
      assert.deepEqual([same.code, same.stderr], [0, '']);
      assert.match(same.stdout, new RegExp(`^OK: ${lines.length - 2 - deltasIn(lines)} events of run ${runId} replay`));
      const other = join(platform.dataDir, 'answer-2.yaml');
      await writeFile(other, workflow.replace('input.loud == true', 'input.loud == false'));
      const diverged = await platform.skein('replay', file, '--workflow', other, ...offline);
      assert.equal(diverged.code, 1);
      assert.match(diverged.stdout, /✗ seq \d+ ask: node_succeeded would be decided differently\n +next_node_ids: /);
    });

    test('a change is compared, held against what has run, and the old version deprecated', async () => {
      const { dataDir, skein, clients } = use();
      const namespace = 'histories-versions';
      const file = join(dataDir, 'versions.yaml');
      const at = ['-n', namespace];
      const version = (limit: number) => `
id: limits
nodes:
  - { id: check, type: decision }
  - { id: high, type: transform, expression: "'high'" }
  - { id: low, type: transform, expression: "'low'" }
edges:
  - { from: check, to: high, condition: "input.n > ${limit}" }
  - { from: check, to: low }
`;
      await writeFile(file, version(10));
      const ran = await skein('run', file, '--input', '{"n":20}', ...at);
      assert.deepEqual([ran.code, ran.stdout], [0, 'high\n'], ran.stderr);
      const same = await skein('workflows', 'validate', file, '--against-runs', ...at);
      assert.match(same.stdout, /is valid\nrun \S+ DONE, version 1, \d+ events: no divergence\n$/);
      await writeFile(file, version(30));
      const other = await skein('workflows', 'validate', file, '--against-runs', '5', ...at);
      assert.equal(other.code, 1, other.stderr);
      assert.match(other.stdout, /✗ seq \d+ check: [^]*next_node_ids: \["high"\], now \["low"\]/);
      const differs = await skein('workflows', 'diff', 'limits', '-f', file, ...at);
      assert.match(differs.stdout, /~ edges\[check -> high\]\.condition: input\.n > 10 → input\.n > 30/);
      await skein('workflows', 'apply', file, ...at);
      const between = await skein('workflows', 'diff', 'limits', ...at);
      assert.match(between.stdout, /^limits: version 1 → version 2\n~ edges/);
      const marked = await skein('workflows', 'deprecate', 'limits', '2', '--reason', 'too high', ...at);
      assert.equal(marked.stdout, 'limits version 2 is deprecated\n');
      const { run } = await clients.runs.startRun({
        namespace,
        target: { case: 'workflow', value: { workflowId: 'limits' } },
        input: { kind: { case: 'structValue', value: { fields: { n: { kind: { case: 'numberValue', value: 1 } } } } } },
      });
      assert.equal(run?.workflowVersion, 1);
      const refused = await skein('runs', 'start', 'limits', '--version', '2', ...at);
      assert.deepEqual([refused.code, /is deprecated: too high/.test(refused.stderr)], [7, true]);
      const forced = await skein('runs', 'start', 'limits', '--version', '2', '--force', '-i', '{"n":1}', ...at);
      assert.equal(forced.code, 0, forced.stderr);
      const versions = await skein('workflows', 'versions', 'limits', ...at);
      assert.match(versions.stdout, /\n2 .*deprecated too high\n1 /);
    });

    test('an exported run is imported elsewhere under its id, is shown there, and comes out the same', async () => {
      const platform = use();
      const { clients, skein, apiUrl, dataDir } = platform;
      const there = 'histories-imported';
      const { run } = await clients.runs.startRun({
        namespace: NAMESPACE,
        target: { case: 'llm', value: { model: 'builtin/echo' } },
        input: { kind: { case: 'stringValue', value: 'remember me' } },
        waitTimeout: { seconds: 10n },
      });
      const runId = run?.runId ?? '';
      const answer = await fetch(`${apiUrl}/api/v1/runs/${runId}/export?namespace=${NAMESPACE}`);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/x-ndjson/);
      const text = await answer.text();
      // Its id is taken for as long as it is here: another platform would not know it.
      const taken = await importText(platform, text, NAMESPACE);
      assert.partialDeepStrictEqual(taken, { status: 409, body: { error: { reason: 'RUN_ID_TAKEN' } } });
      const moved = text.replaceAll(runId, `${runId.slice(0, -12)}0123456789ab`);
      const imported = await importText(platform, moved, there);
      assert.partialDeepStrictEqual(imported, { status: 201, body: { state: 'DONE', namespace: there } });
      const movedId = (imported.body as { run_id: string }).run_id;
      const shown = await skein('runs', 'get', movedId, '-n', there);
      assert.match(shown.stdout, /state +DONE[^]*remember me/);
      const file = join(dataDir, 'moved.jsonl');
      const exported = await skein('runs', 'export', movedId, '-n', there, '--to', file);
      assert.equal(exported.code, 0, exported.stderr);
      const replayed = await skein('replay', file);
      assert.equal(replayed.code, 0, replayed.stdout);
      const again = await skein('runs', 'import', file, '-n', there);
      assert.deepEqual([again.code, /there is a run/.test(again.stderr)], [7, true]);
      const cut = await importText(platform, moved.trimEnd().split('\n').slice(0, -1).join('\n'), there);
      assert.partialDeepStrictEqual(cut, { status: 400, body: { error: { reason: 'INVALID_HISTORY' } } });
    });
  });
}

async function importText({ apiUrl }: TestPlatform, body: string, namespace: string) {
  const headers = { 'content-type': 'application/x-ndjson' };
  const url = `${apiUrl}/api/v1/runs/import?namespace=${namespace}`;
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as object };
}

/** A run whose agent failed once, in a file. */
async function exportedRun({ clients, dataDir, skein }: TestPlatform) {
  let calls = 0;
  await using agent = await startHttpAgent((response) => {
    const send = beginEvents(response);
    calls += 1;
    if (calls === 1) send('error', { code: 'BUSY', message: 'try again', retryable: true });
    else {
      send('delta', { text: 'hello' });
      send('done', { final_message: 'hello' });
    }
    response.end();
  });
  const protocol = AgentProtocol.HTTP_INVOKE_SSE;
  await clients.agents.registerAgent({ namespace: NAMESPACE, agentId: 'flaky', protocol, endpoints: [agent.url] });
  const workflow = join(dataDir, 'answer.yaml');
  await writeFile(workflow, WORKFLOW);
  const input = ['--input', '{"loud":true}', '-n', NAMESPACE, '-o', 'json'];
  const ran = await skein('run', workflow, ...input);
  assert.equal(ran.code, 0, ran.stderr);
  const { runs } = await clients.runs.listRuns({ namespace: NAMESPACE, workflowId: 'answer' });
  const runId = runs[0]?.runId ?? '';
  const file = join(dataDir, `${runId}.jsonl`);
  const exported = await skein('runs', 'export', runId, '--to', file, '--task-events', '-n', NAMESPACE);
  assert.equal(exported.code, 0, exported.stderr);
  return { runId, file, workflow: WORKFLOW };
}

function deltasIn(lines: readonly string[]): number {
  return lines.filter((line) => line.includes('"taskSeq"')).length;
}
