import type { JsonSchema } from './message-schema.ts';

const RUN_ID = '01a1fcd3-853f-7648-a691-43958cca9465';

/** Examples for the OpenAPI document, by message. */
export const MESSAGE_EXAMPLES: Readonly<Record<string, JsonSchema>> = {
  Run: {
    namespace: 'default',
    run_id: RUN_ID,
    workflow_id: 'customer-support-workflow',
    workflow_version: 1,
    state: 'DONE',
    input: { ticket: 'I was charged twice for my subscription.' },
    output: { response: 'We have refunded the second charge.' },
    created_at: '2026-11-05T09:30:00.000Z',
    ended_at: '2026-11-05T09:30:01.250Z',
    last_seq: 14,
    nodes: [
      {
        node_id: 'classify',
        node_type: 'agent',
        state: 'SUCCEEDED',
        attempt: 1,
        paused: false,
        attempts_left: 0,
        lost_dispatches: 0,
        dispatch: 1,
        output: { category: 'billing' },
        scheduled_at: '2026-11-05T09:30:00.000Z',
        ended_at: '2026-11-05T09:30:00.180Z',
        target: 'classifier-agent',
      },
    ],
    labels: { team: 'support' },
    search_attributes: { customer: 'acme' },
  },
  Approval: {
    namespace: 'default',
    run_id: RUN_ID,
    node_id: 'review',
    workflow_id: 'publish-article',
    state: 'OPEN',
    prompt: 'Publish "The geese are back"?',
    approvers: ['group:editors'],
    created_at: '2026-11-05T09:30:00.000Z',
    expires_at: '2026-11-07T09:30:00.000Z',
  },
  Agent: {
    namespace: 'default',
    agent_id: 'classifier-agent',
    version: '1.0.0',
    name: 'Ticket classifier',
    capabilities: ['classification'],
    protocol: 'GRPC',
    labels: {},
    instances: [
      {
        instance_id: 'e3a33e6658b88fc2e718531e4bc29a97',
        endpoint: 'grpc://127.0.0.1:9001',
        health: 'HEALTHY',
        last_healthy_at: '2026-11-05T09:30:00.000Z',
      },
    ],
    created_at: '2026-11-05T09:00:00.000Z',
    updated_at: '2026-11-05T09:00:00.000Z',
  },
  WorkflowVersion: {
    namespace: 'default',
    workflow_id: 'greeting',
    version: 1,
    digest: `sha256:${'0'.repeat(64)}`,
    definition: { id: 'greeting', nodes: [{ id: 'greet', type: 'agent', agent_id: 'greeter' }], edges: [] },
    created_at: '2026-11-05T09:00:00.000Z',
    node_count: 1,
  },
  Completion: {
    text: 'The parcel came late and broken.',
    model: 'builtin/echo',
    finish_reason: 'stop',
    input_tokens: 9,
    output_tokens: 7,
    replayed: false,
  },
};
