/** Tools: registered, listed and forgotten; and everything that cannot be one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { InputPlace, type HttpToolSchema, type ToolSchema } from '@skein/contracts/registry';
import { describeError } from '@skein/rpc';
import { registryRig, TRANSPORTS } from './testing/registry-rig.ts';

type ToolInit = MessageInitShape<typeof ToolSchema>;

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;
const http = (value: MessageInitShape<typeof HttpToolSchema> = {}): NonNullable<ToolInit['kind']> => ({
  case: 'http',
  value: { method: 'GET', url: 'http://127.0.0.1:1/items/{id}', ...value } as typeof value,
});

for (const transport of TRANSPORTS) {
  test(`a tool is what it was last registered as (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    const schema = { type: 'object', properties: { id: { type: 'string' } } };
    const headers = { 'X-Key': 'k' };
    const tool: ToolInit = {
      toolId: 'items',
      description: 'finds',
      inputSchema: schema,
      kind: http({ headers, inputPlace: InputPlace.QUERY }),
    };
    assert.equal((await rig.tools.registerTool({ tool })).created, true);
    const { tool: kept } = await rig.tools.getTool({ toolId: 'items' });
    assert.partialDeepStrictEqual(kept, { namespace: 'default', toolId: 'items', inputSchema: schema });
    assert.equal(kept?.outputSchema, undefined);
    assert.partialDeepStrictEqual(kept?.kind.value, { headers: { 'x-key': 'k' }, inputPlace: InputPlace.QUERY });
    const rpc = { case: 'rpc', value: { serviceId: 'stock', method: 'a.b.C/D' } } as const;
    const again = await rig.tools.registerTool({ tool: { toolId: 'items', kind: rpc } });
    assert.equal(again.created, false);
    assert.partialDeepStrictEqual(again.tool?.kind, rpc);
    assert.equal(again.tool?.inputSchema, undefined, 'what is not given again is gone');
    await rig.tools.deleteTool({ toolId: 'items' });
    await assert.rejects(rig.tools.getTool({ toolId: 'items' }), reason('TOOL_NOT_FOUND'));
    await assert.rejects(rig.tools.deleteTool({ toolId: 'items' }), reason('TOOL_NOT_FOUND'));
  });
}

test('pages come in the order of the ids, each namespace for itself', async () => {
  await using rig = await registryRig();
  const ids = ['B', 'a', 'z'];
  for (const toolId of ids.toReversed()) await rig.tools.registerTool({ tool: { toolId, kind: http() } });
  await rig.tools.registerTool({ tool: { namespace: 'other', toolId: 'x', kind: http() } });
  const first = await rig.tools.listTools({ pageSize: 2 });
  const second = await rig.tools.listTools({ pageSize: 2, pageToken: first.nextPageToken });
  assert.deepEqual(
    [...first.tools, ...second.tools].map(({ toolId }) => toolId),
    ids,
  );
  await assert.rejects(rig.tools.getTool({ namespace: 'other', toolId: 'a' }), reason('TOOL_NOT_FOUND'));
});

test('every wrong field is named at once', async () => {
  await using rig = await registryRig();
  const fieldsOf = async (tool: ToolInit | undefined) => {
    const failed = await rig.tools.registerTool(tool === undefined ? {} : { tool }).then(
      () => assert.fail('it was taken'),
      (error: unknown) => describeError(error),
    );
    return failed.violations.map(({ field }) => field);
  };
  assert.deepEqual(await fieldsOf(undefined), ['tool']);
  assert.deepEqual(await fieldsOf({ toolId: 'a' }), ['tool.kind']);
  const wrong: ToolInit = {
    namespace: 'X',
    toolId: '',
    description: 'd'.repeat(4097),
    inputSchema: { type: 'strin' },
    outputSchema: { description: '\0' },
    kind: http({
      method: 'get',
      url: 'ftp://a',
      headers: { Host: 'a', 'a b': 'c', ok: 'ü' },
      inputPlace: 9 as InputPlace,
    }),
  };
  assert.deepEqual(await fieldsOf(wrong), [
    'namespace',
    'tool.tool_id',
    'tool.description',
    'tool.input_schema.type',
    'tool.output_schema',
    'tool.http.method',
    'tool.http.url',
    'tool.http.input_place',
    'tool.http.headers.host',
    'tool.http.headers',
    'tool.http.headers.ok',
  ]);
  const rpc: ToolInit = { toolId: 'a', kind: { case: 'rpc', value: { method: '/a.B/C' } } };
  assert.deepEqual((await fieldsOf(rpc)).toSorted(), ['tool.rpc.method', 'tool.rpc.service_id']);
  for (const url of [
    'http://{host}/',
    'http://a/?q={id}',
    'http://u:p@a/',
    'http://a/{b c}',
    'http://a/#{id}',
    '/items/{id}',
    `http://a/${'x'.repeat(2048)}`,
  ]) {
    assert.deepEqual(await fieldsOf({ toolId: 'a', kind: http({ url }) }), ['tool.http.url'], url);
  }
  assert.deepEqual(await fieldsOf({ toolId: 'a', kind: http({ inputPlace: InputPlace.BODY }) }), [
    'tool.http.input_place',
  ]);
  assert.deepEqual((await rig.tools.listTools({})).tools, []);
});
