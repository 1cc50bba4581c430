import type { JsonValue } from '@bufbuild/protobuf';
import type { SeededRandom } from '@skein/testkit';
import { worked, type Script } from '../../agents/script.ts';
import { drawValue, patientWorkflow, type AgentId, type Graph } from '../graph.ts';

const LONG_MS = 3_600_000;

/** A child run for each item, three at a time; what they come to is in the order of the items. */
export const each: Graph = {
  id: 'each',
  share: 2,
  definition: patientWorkflow('each', [mapNode('by-grpc')], []),
  draw(random) {
    const items = drawItems(random, 4, 8);
    return {
      input: { items },
      endings: [{ state: 'DONE', output: items.map(({ value }) => ({ value: worked(value) })) }],
    };
  },
};

/** As `each`, with an item that fails for good: the others count all the same. */
export const eachCollected: Graph = {
  id: 'each-collected',
  share: 1,
  definition: patientWorkflow(
    'each-collected',
    [
      mapNode('by-process', { on_item_error: 'collect' }),
      { id: 'values', type: 'transform', expression: 'output.each.map(it, it.ok ? it.output.value : it.error.code)' },
    ],
    [['each', 'values']],
  ),
  draw(random) {
    const items = drawItems(random, 4, 6);
    const bad = random.integer(0, items.length - 1);
    const scripts = items.map((item, index): Script => (index === bad ? { ...item, broken: 'for good' } : item));
    const output = items.map(({ value }, index) => (index === bad ? 'SCRIPTED' : worked(value)));
    return { input: { items: scripts as unknown as JsonValue }, endings: [{ state: 'DONE', output }] };
  },
};

/** Child runs that only the cancellation of their parent ends. */
export const crowd: Graph = {
  id: 'crowd',
  share: 1,
  endless: true,
  definition: patientWorkflow('crowd', [mapNode('by-process', {}, { timeouts: { start_to_close: '1h' } })], []),
  draw(random) {
    const items = drawItems(random, 4, 4).map((item) => ({ ...item, ms: LONG_MS }));
    return { input: { items }, endings: [{ state: 'CANCELLED' }] };
  },
};

/** A map whose body is one agent, for which each item is a script. */
function mapNode(
  agent: AgentId,
  more: Readonly<Record<string, JsonValue>> = {},
  ofBody: Readonly<Record<string, JsonValue>> = {},
): JsonValue {
  const body = { nodes: [{ id: 'count', type: 'agent', agent_id: agent, ...ofBody }], edges: [] };
  return { id: 'each', type: 'map', items: '${ input.items }', concurrency: 3, body, ...more };
}

function drawItems(random: SeededRandom, least: number, most: number) {
  const length = random.integer(least, most);
  return Array.from({ length }, () => ({ value: drawValue(random), ms: random.integer(0, 300) }));
}
