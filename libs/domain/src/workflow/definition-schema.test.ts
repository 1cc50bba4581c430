import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { nodeFields, workflowSchema } from './definition-schema.ts';
import { definitionJson } from './digest.ts';
import { NODE_TYPES } from './check-fields.ts';
import { parseWorkflow } from './parse.ts';
import { summary } from './problem-cases.ts';

/** As an editor reads the schema: no options of ours. */
const editor = new Ajv2020({ strict: false });
const root = new URL('../../../../', import.meta.url);
const examples = globSync('examples/**/*.yaml', { cwd: root, exclude: ['**/node_modules/**'] })
  .map((path) => ({ path, source: readFileSync(new URL(path, root), 'utf8') }))
  .filter(({ source }) => /^nodes:/m.test(source));

describe('the schema of the native form', () => {
  it('is a JSON Schema', () => assert.equal(editor.validateSchema(workflowSchema), true));

  it('describes every node type', () => {
    for (const type of NODE_TYPES) assert.ok(nodeFields(type).includes('input'), type);
    assert.ok(nodeFields('agent').includes('agent_id'));
  });

  it('finds the examples', () => assert.ok(examples.length > 0));

  for (const { path, source } of examples) {
    it(`takes ${path}`, () => {
      const { definition, problems } = parseWorkflow(source);
      assert.ok(definition !== undefined, problems.map(summary).join('\n'));
      assert.equal(editor.validate(workflowSchema, definitionJson(definition)), true, editor.errorsText());
    });
  }

  const refused: readonly (readonly [what: string, document: unknown])[] = [
    ['an unknown field', { id: 'w', nodes: [{ id: 'a', type: 'decision' }], nodez: [] }],
    ['an unknown field of a node', { id: 'w', nodes: [{ id: 'a', type: 'decision', inputs: 1 }] }],
    ['an agent without agent_id', { id: 'w', nodes: [{ id: 'a', type: 'agent' }] }],
    ['an unknown type', { id: 'w', nodes: [{ id: 'a', type: 'agnet' }] }],
    ['no nodes', { id: 'w', nodes: [] }],
    ['a bad duration', { id: 'w', nodes: [{ id: 'a', type: 'decision', timeouts: { heartbeat: '3 s' } }] }],
  ];
  for (const [what, document] of refused) {
    it(`refuses ${what}`, () => assert.equal(editor.validate(workflowSchema, document), false));
  }
});
