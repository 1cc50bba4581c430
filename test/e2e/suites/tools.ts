import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { startStockServer } from '../../../examples/rpc/server.ts';
import { startRateServer } from '../../../examples/tools/server.ts';
import { startHttpAgent } from '../agents/http-agent.ts';
import { ROOT } from '../harness/skein.ts';
import type { TestPlatform } from '../harness/platform.ts';
import type { UsePlatform } from './every-mode.ts';

const EXAMPLE = join(ROOT, 'examples/tools');

/** Registers a tool over REST. */
async function register({ apiUrl }: TestPlatform, namespace: string, tool: object): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(tool) };
  const answer = await fetch(`${apiUrl}/api/v1/tools?namespace=${namespace}`, init);
  assert.equal(answer.status, 201, await answer.text());
}

/** Calls a tool as a run of its own. */
async function callTool({ clients }: TestPlatform, namespace: string, toolId: string, fields: object) {
  const { run } = await clients.runs.startRun({
    namespace,
    target: { case: 'tool', value: { toolId } },
    input: { kind: { case: 'structValue', value: { fields: fields as never } } },
    waitTimeout: { seconds: 30n },
  });
  assert.ok(run);
  return run;
}

/** Nodes that call registered tools, over HTTP and as methods of rpc services. */
export function toolSuite(use: UsePlatform): void {
  suite('tools', { concurrency: true }, () => {
    test('the example runs over HTTP; its call is on record', async () => {
      const platform = use();
      const namespace = 'tools-example';
      await using server = await startRateServer();
      const schemas = ['input', 'output'].flatMap((which) => [
        `--${which}-schema`,
        `@${join(EXAMPLE, `${which}-schema.json`)}`,
      ]);
      const options = ['--method', 'GET', '--url', `${server.url}/rates/{country}`, ...schemas, '-n', namespace];
      const registered = await platform.skein('tools', 'register', 'parcel-rate', ...options);
      assert.equal(registered.code, 0, registered.stderr);
      const input = '{"country":"de","weight_kg":2}';
      const file = join(EXAMPLE, 'workflow.yaml');
      const { code, stdout, stderr } = await platform.skein('run', file, '-n', namespace, '--input', input);
      assert.equal(code, 0, stderr);
      assert.equal(stdout.trim(), 'A parcel to de costs 900 cents.');
      const run = await callTool(platform, namespace, 'parcel-rate', {
        country: { kind: { case: 'stringValue', value: 'fr' } },
        weight_kg: { kind: { case: 'numberValue', value: 1 } },
      });
      const url = `${platform.apiUrl}/api/v1/runs/${run.runId}/events?namespace=${namespace}`;
      const { events } = (await (await fetch(url)).json()) as { events: { type: string; payload: object }[] };
      const payloadOf = (type: string) => events.find((event) => event.type === type)?.payload;
      const target = `GET ${server.url}/rates/fr`;
      assert.partialDeepStrictEqual(payloadOf('tool_call_created'), {
        node_id: 'tool',
        tool_id: 'parcel-rate',
        target,
      });
      assert.partialDeepStrictEqual(payloadOf('tool_call_done'), { output: { country: 'fr', price_cents: 700 } });
      const misfit = await callTool(platform, namespace, 'parcel-rate', {});
      assert.equal(misfit.failure?.code, 'TOOL_INPUT_VIOLATION');
    });

    test('a method of an rpc service is a tool as well', async () => {
      const platform = use();
      const namespace = 'tools-rpc';
      await using server = await startStockServer();
      await platform.clients.services.registerService({ namespace, serviceId: 'stock', addresses: [server.address] });
      await register(platform, namespace, {
        tool_id: 'check-stock',
        rpc: { service_id: 'stock', method: 'stock.v1.StockService/Check' },
        output_schema: { type: 'object', required: ['available'] },
      });
      const sku = { kind: { case: 'stringValue', value: 'lamp-17' } };
      const { output } = await callTool(platform, namespace, 'check-stock', { sku });
      assert.equal(output?.kind.case, 'structValue');
      assert.partialDeepStrictEqual(output.kind.value, { fields: { available: { kind: { value: 5 } } } });
    });

    test('a tool that fails once is asked again under the next attempt; one that answers garbage is not', async () => {
      const platform = use();
      const namespace = 'tools-broken';
      await using flaky = await startHttpAgent((response) => {
        if (flaky.calls.length === 1) response.writeHead(500).end();
        else response.end('{"ok":true}');
      });
      await using garbage = await startHttpAgent((response) => response.end('<html>'));
      await register(platform, namespace, { tool_id: 'flaky', http: { method: 'POST', url: flaky.url } });
      await register(platform, namespace, { tool_id: 'garbage', http: { method: 'POST', url: garbage.url } });
      const recovered = await callTool(platform, namespace, 'flaky', {});
      assert.equal(recovered.failure, undefined);
      assert.equal(new Set(flaky.calls.map((call) => call.idempotencyKey)).size, 2);
      const failed = await callTool(platform, namespace, 'garbage', {});
      assert.deepEqual([failed.failure?.code, garbage.calls.length], ['TOOL_PROTOCOL_VIOLATION', 1]);
    });
  });
}
