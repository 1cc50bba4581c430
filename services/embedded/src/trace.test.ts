import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { pino } from 'pino';
import { startEmbedded } from './embedded-platform.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const WORKFLOW = {
  id: 'traced',
  nodes: [
    { id: 'work', type: 'agent', agent_id: 'worker' },
    { id: 'draft', type: 'llm', model: 'builtin/echo' },
  ],
  edges: [{ from: 'work', to: 'draft' }],
};

test('a run is one trace, from the request through every service and the bus', async () => {
  const exporter = new InMemorySpanExporter();
  await using directory = await temporaryDirectory();
  const platform = await startEmbedded({
    dataDir: directory.path,
    httpPort: 0,
    loggerOf: () => pino({ level: 'silent' }),
    functions: { worker: () => 'done' },
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  assert.ok(!platform.elsewhere);
  await using _stopped = platform;
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${platform.apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` },
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  await post('/api/v1/agents', { agent_id: 'worker', protocol: 'IN_PROCESS', endpoints: ['inprocess:worker'] });
  await post('/api/v1/workflows', WORKFLOW);
  await post('/api/v1/workflows/traced/run?wait=10s', { input: {} });

  const wanted = [
    'POST /api/v1/workflows/:workflow_id/run',
    'invoke_workflow traced',
    'invoke_agent worker',
    'chat',
    'event-log store',
  ];
  const spansOf = (name: string) => exporter.getFinishedSpans().filter((span) => span.name.startsWith(name));
  await eventually(() => wanted.every((name) => spansOf(name).length > 0), {
    describe: `spans ${wanted.join(', ')}; there are ${exporter
      .getFinishedSpans()
      .map(({ name }) => name)
      .join(', ')}`,
  });
  for (const name of wanted) {
    for (const span of spansOf(name)) assert.equal(span.spanContext().traceId, TRACE_ID, name);
  }
});
