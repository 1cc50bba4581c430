/** Definitions as messages, over the contract. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { ProblemSeverity, RunState } from '@skein/contracts/scheduler';
import { OnError, WorkflowDefinitionSchema } from '@skein/contracts/workflow';
import { valueOfJson } from '@skein/events';
import { describeError } from '@skein/rpc';
import { schedulerRig } from './testing/scheduler-rig.ts';

const DOUBLE = create(WorkflowDefinitionSchema, {
  id: 'double',
  nodes: [
    { id: 'twice', onError: OnError.FAIL, type: { case: 'transform', value: { expression: 'input.n * 2.0' } } },
    { id: 'done', type: { case: 'exit', value: {} } },
  ],
  edges: [{ from: 'twice', to: 'done' }],
});
const DOCUMENT = `
id: double
nodes:
  - { id: twice, type: transform, expression: input.n * 2.0, on_error: fail }
  - { id: done, type: output }
edges: [{ from: twice, to: done }]`;

test('a definition that a program has built is applied, run, and read in either form', async () => {
  await using rig = await schedulerRig();
  const applied = await rig.workflows.applyWorkflow({ definition: { case: 'typed', value: DOUBLE } });
  assert.equal(applied.workflow?.version, 1);
  const same = await rig.workflows.applyWorkflow({ definition: { case: 'source', value: DOCUMENT } });
  assert.equal(same.created, false, 'the document says the same');

  const typed = await rig.workflows.getWorkflow({ workflowId: 'double', typed: true });
  assert.deepEqual(typed.typedDefinition, DOUBLE);
  assert.equal(typed.workflow?.definition, undefined);
  const plain = await rig.workflows.getWorkflow({ workflowId: 'double' });
  assert.equal(plain.typedDefinition, undefined);
  const nodes = plain.workflow?.definition?.['nodes'];
  assert.deepEqual(Array.isArray(nodes) && nodes[1], { id: 'done', type: 'output' });

  const { run } = await rig.runs.startRun({
    target: { case: 'workflow', value: { workflowId: 'double' } },
    input: valueOfJson({ n: 21 }),
    waitTimeout: { seconds: 10n },
  });
  assert.equal(run?.state, RunState.DONE);
  assert.deepEqual(run.output?.kind, { case: 'numberValue', value: 42 });
});

test('what is wrong with a message is told like what is wrong with a document', async () => {
  await using rig = await schedulerRig();
  const wrong = create(WorkflowDefinitionSchema, {
    id: 'wrong',
    nodes: [{ id: 'a', type: { case: 'agent', value: { agentId: '' } } }, { id: 'b' }],
  });
  const { valid, problems } = await rig.workflows.validateWorkflow({ definition: { case: 'typed', value: wrong } });
  assert.equal(valid, false);
  const errors = problems.filter(({ severity }) => severity === ProblemSeverity.ERROR).map(({ path }) => path);
  assert.ok(errors.includes('nodes.a.agent_id') && errors.some((path) => path.startsWith('nodes.b')), errors.join());

  const endless = create(WorkflowDefinitionSchema, {
    ...DOUBLE,
    priority: create(ValueSchema, { kind: { case: 'numberValue', value: Number.POSITIVE_INFINITY } }),
  });
  await assert.rejects(rig.workflows.applyWorkflow({ definition: { case: 'typed', value: endless } }), (error) => {
    const { reason, place } = describeError(error);
    return reason === 'INVALID_FIELD' && place === 'typed';
  });
});

test('a message is compared with what is stored', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: DOCUMENT } });
  const [twice] = DOUBLE.nodes;
  assert.ok(twice);
  const changed = create(WorkflowDefinitionSchema, {
    ...DOUBLE,
    nodes: [{ ...twice, onError: OnError.SKIP }, ...DOUBLE.nodes.slice(1)],
  });
  const { changes } = await rig.workflows.diffWorkflows({
    workflowId: 'double',
    to: { case: 'typed', value: changed },
  });
  assert.deepEqual(
    changes.map(({ path, before, after }) => [path, before?.kind.value, after?.kind.value]),
    [['nodes.twice.on_error', 'fail', 'skip']],
  );
});
