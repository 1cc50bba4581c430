import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventService } from '@skein/contracts/eventlog';
import { InputPlace, ToolService } from '@skein/contracts/registry';
import { RunService, RunState } from '@skein/contracts/scheduler';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const HTTP = { case: 'http', value: { method: 'GET', url: 'http://h/{id}' } } as const;
const TOOL = { toolId: 't', description: 'finds', kind: HTTP, inputSchema: { type: 'object' } };

test('register sends what the command line gives, of either kind', async () => {
  const seen: unknown[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(ToolService, {
      registerTool({ tool }) {
        seen.push([tool?.kind.value, tool?.inputSchema, tool?.outputSchema]);
        return { tool: { ...TOOL, kind: tool?.kind ?? HTTP } as never, created: true };
      },
    }),
  );
  const register = (...args: string[]) => useCli(['tools', 'register', 't', ...args, '--api', platform.url]);
  const options = ['--url', 'http://h/{id}', '--method', 'get', '-H', 'x-key=k', '--input-place', 'query'];
  const { code, stdout } = await register(...options, '--input-schema', '{"type":"object"}');
  assert.deepEqual([code, stdout], [EXIT.ok, 't registered: GET http://h/{id}\n']);
  const rpc = await register('--service', 'stock', '--rpc-method', 'a.B/C', '--output-schema', '{}');
  assert.equal(rpc.stdout, 't registered: stock a.B/C\n');
  assert.partialDeepStrictEqual(seen, [
    [
      { method: 'GET', url: 'http://h/{id}', headers: { 'x-key': 'k' }, inputPlace: InputPlace.QUERY },
      { type: 'object' },
      undefined,
    ],
    [{ serviceId: 'stock', method: 'a.B/C' }, undefined, {}],
  ]);
  const neither = await register();
  assert.notEqual(neither.code, EXIT.ok);
  assert.match(neither.stderr, /give --url, or --service/);
});

test('list, get and delete show what the registry says', async () => {
  const deleted: string[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(ToolService, {
      listTools: () => ({ tools: [TOOL] }),
      getTool: () => ({ tool: TOOL }),
      deleteTool({ toolId }) {
        deleted.push(toolId);
        return {};
      },
    }),
  );
  const cli = (...args: string[]) => useCli(['tools', ...args, '--api', platform.url]);
  assert.match((await cli('list')).stdout, /^TOOL.*\nt +http +GET http:\/\/h\/\{id\} +finds/);
  assert.match((await cli('get', 't')).stdout, /input +\{"type":"object"\}\noutput +any JSON/);
  assert.equal((await cli('delete', 't')).stdout, 't deleted\n');
  assert.deepEqual(deleted, ['t']);
});

test('call runs the tool alone and prints its output', async () => {
  const run = { runId: 'r', workflowId: 'tool.t', state: RunState.DONE };
  const output = { kind: { case: 'numberValue', value: 42 } } as const;
  let target: unknown;
  await using platform = await fakePlatform(({ service }) => {
    service(RunService, {
      startRun(request) {
        target = request.target.case === 'tool' && request.target.value.toolId;
        return { run };
      },
      awaitRun: () => ({ run: { ...run, output } }),
    });
    service(EventService, {
      async *subscribeEvents() {
        const event = { case: 'runDone' };
        yield await Promise.resolve({ item: { case: 'runEvent', value: { runId: 'r', event } } } as never);
      },
    });
  });
  const { code, stdout } = await useCli(['tools', 'call', 't', '--input', '{"q":1}', '--api', platform.url]);
  assert.deepEqual([code, stdout, target], [EXIT.ok, '42\n', 't']);
});
