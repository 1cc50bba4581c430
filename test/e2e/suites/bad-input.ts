import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestPlatform } from '../harness/platform.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'bad-input';
const GOOD = `
id: good
input_schema: { type: object, required: [text], properties: { text: { type: string } } }
nodes:
  - { id: a, type: transform, input: "\${ input.text }" }
edges: []
`;
const node = (id: string, type = 'transform'): string => `  - { id: ${id}, type: ${type}, input: 1 }`;

/** A definition, what is wrong with it, and where. */
const DEFINITIONS: readonly (readonly [name: string, source: string, code: string, place: RegExp])[] = [
  ['malformed YAML', 'id: x\nnodes: [\n', 'MALFORMED_SOURCE', /line [23]/],
  ['an unknown node type', `id: x\nnodes:\n${node('a', 'agnet')}`, 'UNKNOWN_NODE_TYPE', /line 3/],
  [
    'a dangling edge',
    `id: x\nnodes:\n${node('a')}\nedges:\n  - { from: a, to: nowhere }`,
    'DANGLING_EDGE',
    /edges\[0\]/,
  ],
  [
    'a cycle',
    `id: x\nnodes:\n${node('s')}\n${node('a')}\n${node('b')}\nedges: [{from: s, to: a}, {from: a, to: b}, {from: b, to: a}]`,
    'CYCLE',
    /edges|nodes/,
  ],
  [
    'a bad expression',
    `id: x\nnodes:\n${node('a')}\n${node('b')}\nedges:\n  - { from: a, to: b, condition: "output.a ==" }`,
    'BAD_EXPRESSION',
    /edges\[0\]\.condition/,
  ],
  ['a node id twice', `id: x\nnodes:\n${node('a')}\n${node('a')}`, 'DUPLICATE_ID', /line 4/],
];

interface ErrorDocument {
  readonly error: {
    readonly reason: string;
    readonly message: string;
    readonly remedy?: string;
    readonly violations?: readonly { readonly reason: string; readonly field: string }[];
  };
}

/** Input that is wrong in every way: a typed error that names the place, and nothing changed. */
export function badInputSuite(use: UsePlatform): void {
  suite('bad input', () => {
    test('a definition that is not valid is refused with its place, and nothing is stored', async () => {
      const platform = use();
      await Promise.all(
        DEFINITIONS.map(async ([name, source, code, place], index) => {
          const file = join(platform.dataDir, `bad-${index}.yaml`);
          await writeFile(file, source);
          const apply = ['workflows', 'apply', file, '-n', NAMESPACE, '-o', 'json'];
          const { code: exit, stdout, stderr } = await platform.skein(...apply);
          assert.equal(exit, 4, `${name}: ${stderr}`);
          const { reason, violations = [] } = (JSON.parse(stdout) as ErrorDocument).error;
          assert.equal(reason, 'INVALID_WORKFLOW', name);
          assert.ok(
            violations.some((violation) => violation.reason === code),
            `${name}: ${stderr}`,
          );
          assert.match(stderr, place, name);
        }),
      );
      const { workflows } = await platform.clients.workflows.listWorkflows({ namespace: NAMESPACE });
      assert.deepEqual(workflows, []);
    });

    test('a start that cannot be is refused, and there is no run of it', async () => {
      const platform = use();
      const { workflows, runs } = platform.clients;
      const namespace = `${NAMESPACE}-starts`;
      await workflows.applyWorkflow({ namespace, definition: { case: 'source', value: GOOD } });
      const agentless = 'id: lonely\nnodes:\n  - { id: a, type: agent, agent_id: nobody }\n';
      const applied = await workflows.applyWorkflow({ namespace, definition: { case: 'source', value: agentless } });
      assert.match(applied.warnings[0]?.message ?? '', /nobody is not registered/);
      const start = (...args: string[]) => platform.skein('runs', 'start', ...args, '-n', namespace, '-o', 'json');
      const huge = join(platform.dataDir, 'huge.json');
      await writeFile(huge, JSON.stringify({ text: 'x'.repeat(1_048_576) }));
      const cases = [
        [['good', '--input', '{"text":7}'], 4, 'INPUT_SCHEMA_VIOLATION'],
        [['good', '--input', '{}'], 4, 'INPUT_SCHEMA_VIOLATION'],
        [['good', '--input', '{"text":'], 4, 'INVALID_FIELD'],
        [['good', '--input', `@${huge}`], 4, 'PAYLOAD_TOO_LARGE'],
        [['good', '--version', '9', '--input', '{"text":""}'], 3, 'WORKFLOW_NOT_FOUND'],
        [['missing'], 3, 'WORKFLOW_NOT_FOUND'],
        [['lonely'], 3, 'AGENT_NOT_FOUND'],
      ] as const;
      await Promise.all(
        cases.map(async ([args, exit, reason]) => {
          const { code, stdout, stderr } = await start(...args);
          assert.equal(code, exit, `${args.join(' ')}: ${stderr}`);
          const { error } = JSON.parse(stdout) as ErrorDocument;
          assert.equal(error.reason, reason, stderr);
          assert.notEqual(error.remedy ?? '', '', reason);
        }),
      );
      assert.deepEqual((await runs.listRuns({ namespace })).runs, []);
    });

    test('what is not spoken at the edge is refused with what would be', async () => {
      const platform = use();
      const cases = [
        ['application/x-www-form-urlencoded', 'id=x', 415, 'UNSUPPORTED_MEDIA_TYPE'],
        ['application/yaml', `id: x\n# ${'y'.repeat(1_300_000)}`, 413, 'PAYLOAD_TOO_LARGE'],
        ['application/yaml', '', 400, 'INVALID_FIELD'],
      ] as const;
      for (const [type, body, status, reason] of cases) {
        const response = await post(platform, '/api/v1/workflows', type, body);
        const { error } = (await response.json()) as ErrorDocument;
        assert.deepEqual([response.status, error.reason], [status, reason]);
        assert.notEqual(error.message, '');
      }
      const run = await post(platform, '/api/v1/workflows/good/run', 'application/json', '{"input": oops}');
      assert.equal(run.status, 400);
      const lost = await fetch(`${platform.apiUrl}/api/v1/nothing/here`);
      assert.deepEqual([lost.status, ((await lost.json()) as ErrorDocument).error.reason], [404, 'ROUTE_NOT_FOUND']);
    });
  });
}

function post({ apiUrl }: TestPlatform, path: string, type: string, body: string): Promise<Response> {
  return fetch(`${apiUrl}${path}?namespace=${NAMESPACE}`, { method: 'POST', headers: { 'content-type': type }, body });
}
