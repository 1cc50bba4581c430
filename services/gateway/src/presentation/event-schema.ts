/** The schema of event items, one variant for each event of the contract. */
import { TaskEventSchema } from '@skein/contracts/event';
import { PAYLOAD_DESCS, STREAM_RESET } from './event-item.ts';
import { messageSchemas, ref, type JsonSchema } from './message-schema.ts';

const TASK_EVENTS = new Set(TaskEventSchema.fields.filter((field) => field.oneof).map((field) => field.name));

/** `EventItem`, its variants and their payloads. */
export function eventSchemas(): JsonSchema[] {
  const variants = [...PAYLOAD_DESCS].map(([name, desc]) => variant(name, desc.name));
  const union: JsonSchema = {
    $id: 'EventItem',
    description: 'One fact about a run; `type` says which, `payload` holds it.',
    oneOf: variants.map((schema) => ref(String(schema['$id']))),
  };
  return [...messageSchemas([...PAYLOAD_DESCS.values()]), ...variants, union];
}

function variant(name: string, payload: string): JsonSchema {
  const position = name === STREAM_RESET ? {} : TASK_EVENTS.has(name) ? TASK_POSITION : RUN_POSITION;
  return {
    $id: `${payload}Item`,
    type: 'object',
    properties: {
      type: { type: 'string', const: name },
      run_id: { type: 'string', description: 'The run.' },
      ...position,
      payload: ref(payload),
      cursor: { type: 'string', description: 'Where to go on after this item; in streams only.' },
    },
    required: ['type', 'run_id', ...Object.keys(position), 'payload'],
    additionalProperties: false,
  };
}

const COMMON: JsonSchema = {
  namespace: { type: 'string', description: 'Tenant.' },
  occurred_at: { type: 'string', format: 'date-time', description: 'When it was decided or seen.' },
};

const RUN_POSITION: JsonSchema = {
  ...COMMON,
  seq: { type: 'integer', description: 'Position in the run: 1, 2, 3, … without a gap.' },
};

const TASK_POSITION: JsonSchema = {
  ...COMMON,
  node_id: { type: 'string', description: 'The node.' },
  attempt: { type: 'integer', description: 'The attempt.' },
  dispatch: { type: 'integer', description: 'The delivery of the attempt.' },
  task_seq: { type: 'integer', description: 'Position in the dispatch: 1, 2, 3, … without a gap.' },
};
