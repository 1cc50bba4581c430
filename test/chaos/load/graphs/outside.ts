import { worked } from '../../agents/script.ts';
import { WORK_METHOD } from '../../agents/work-service.ts';
import { agentNode, drawValue, patientWorkflow, RPC_SERVICE, TOOL, type Graph } from '../graph.ts';

/** A method of an rpc service and a tool, both of which fail a few times, between agents. */
export const outside: Graph = {
  id: 'outside',
  share: 3,
  definition: patientWorkflow(
    'outside',
    [
      {
        id: 'method',
        type: 'rpc',
        service_id: RPC_SERVICE,
        method: WORK_METHOD,
        input: { value: '${ input.value }', failures: '${ input.failures }', ms: '${ input.ms }' },
      },
      {
        id: 'tool',
        type: 'tool',
        tool_id: TOOL,
        input: { value: '${ output.method.value }', failures: '${ input.failures }', ms: '${ input.ms }' },
      },
      agentNode('agent', 'by-process', { value: '${ output.tool.value }' }),
    ],
    [
      ['method', 'tool'],
      ['tool', 'agent'],
    ],
  ),
  draw(random) {
    const value = drawValue(random);
    const input = { value, failures: random.integer(0, 2), ms: random.integer(0, 800) };
    return { input, endings: [{ state: 'DONE', output: { value: worked(worked(worked(value))) } }] };
  },
};
