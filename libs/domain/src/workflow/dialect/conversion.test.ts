import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../expression/json.ts';
import { testScope } from '../../expression/scope-fixture.ts';
import { chooseEdges } from '../choose-edges.ts';
import { parseWorkflow } from '../parse.ts';
import type { Plan } from '../plan.ts';
import { nodeOf } from '../plan-fixture.ts';

/** A graph that every dialect can write: one start, edges that go forward, conditions on what `s` said. */
interface Sketch {
  readonly ids: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly wanted: string | undefined }[];
}

const IDS = ['s', 'a-1', 'b.2', 'c_3', 'd'];
const ANSWERS = ['x', 'y', 'z'];

const sketches = fc
  .array(
    fc.record({ from: fc.nat({ max: 3 }), step: fc.nat({ max: 3 }), wanted: fc.constantFrom(undefined, ...ANSWERS) }),
    { maxLength: 8 },
  )
  .map((drawn): Sketch => {
    // A line through all nodes makes the first the only start.
    const line = IDS.slice(1).map((to, i) => ({ from: IDS[i] ?? '', to, wanted: i % 2 === 0 ? 'x' : undefined }));
    const more = drawn.map(({ from, step, wanted }) => ({
      from: IDS[from] ?? '',
      to: IDS[Math.min(from + 1 + step, 4)] ?? '',
      wanted,
    }));
    return { ids: IDS, edges: [...line, ...more] };
  });

function planOf(document: JsonObject, dialect: string): Plan {
  const parsed = parseWorkflow(document);
  assert.equal(parsed.dialect, dialect);
  assert.ok(parsed.plan !== undefined, JSON.stringify(parsed.problems));
  return parsed.plan;
}

const conditionIn = (write: (wanted: string) => string) => (edge: Sketch['edges'][number]) => {
  const { from, to, wanted } = edge;
  return wanted === undefined ? { from, to } : { from, to, condition: write(wanted) };
};

function natively({ ids, edges }: Sketch): Plan {
  // One edge after each node, as the other dialects have it.
  const nodes = ids.map((id) => ({ id, type: 'agent', agent_id: 'x', branch: 'first' }));
  return planOf(
    { id: 'w', nodes, edges: edges.map(conditionIn((wanted) => `output.s.answer == '${wanted}'`)) },
    'native',
  );
}

function asKairos({ ids, edges }: Sketch): Plan {
  const nodes = ids.map((id) => ({ id, type: 'agent', config: { agent_id: 'x' } }));
  return planOf(
    { id: 'w', nodes, edges: edges.map(conditionIn((wanted) => `output.s.answer == '${wanted}'`)) },
    'kairos',
  );
}

function asPlanner({ ids, edges }: Sketch): Plan {
  const nodes = Object.fromEntries(ids.map((id) => [id, { type: 'agent', metadata: { agent_id: 'x' } }]));
  return planOf(
    { id: 'w', nodes, edges: edges.map(conditionIn((wanted) => `output.s.answer==${wanted}`)) },
    'kairos-planner',
  );
}

test('the same graph chooses the same ways in the native form and both Kairos forms', () => {
  fc.assert(
    fc.property(sketches, fc.constantFrom(...ANSWERS, 'other', undefined), (sketch, answer) => {
      const plans = [natively(sketch), asKairos(sketch), asPlanner(sketch)];
      const scope = testScope({ outputs: answer === undefined ? {} : { s: { answer } } });
      const ways = plans.map((plan) => sketch.ids.map((id) => chooseEdges(nodeOf(plan, id), scope, 'success').taken));
      assert.deepEqual(ways[1], ways[0]);
      assert.deepEqual(ways[2], ways[0]);
      for (const plan of plans) {
        assert.deepEqual(plan.startNodes, ['s']);
        assert.deepEqual(plan.order, plans[0]?.order);
      }
    }),
  );
});

test('depends_on gives the edges of the native form', () => {
  fc.assert(
    fc.property(sketches, ({ ids, edges }) => {
      const before = (id: string): readonly string[] => [
        ...new Set(edges.filter(({ to }) => to === id).map(({ from }) => from)),
      ];
      const nodes = ids.map((id) => ({ id, agent_id: 'x', type: 'processor', depends_on: before(id) }));
      const plan = planOf({ flow_id: 'w', nodes }, 'depends-on');
      for (const id of ids) assert.deepEqual(nodeOf(plan, id).predecessors.toSorted(), before(id).toSorted());
      assert.deepEqual(plan.startNodes, ['s']);
    }),
  );
});
