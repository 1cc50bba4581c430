import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ApprovalSchema, ApprovalState } from '@skein/contracts/scheduler';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { pino } from 'pino';
import { OpenStreams } from '../edge/open-streams.ts';
import { delta } from '../testing/deltas.ts';
import { gatewayRig, type GatewayRig } from '../testing/gateway-rig.ts';
import { SLOW_WORKFLOW } from '../testing/fake-scheduler.ts';
import { createRestApp } from './rest-app.ts';
import { addRoutes } from './routes.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Record<string, Media> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly examples?: readonly unknown[] }>> };
}

async function read(rig: GatewayRig): Promise<Document> {
  const { status, body } = await rig.json('GET', '/openapi.json');
  assert.equal(status, 200);
  return body as unknown as Document;
}

function operations({ paths }: Document): { readonly method: string; readonly path: string; readonly it: Operation }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, it]) => ({ method: method.toUpperCase(), path, it })),
  );
}

function validator(document: Document): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  return ajv.addSchema(document, 'document');
}

function at(...path: readonly string[]): string {
  return `document#/${path.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}

test('the document has every route, and no others', async () => {
  await using rig = await gatewayRig();
  const document = await read(rig);
  const registered: string[] = [];
  const http1 = createServer();
  const { clients } = rig;
  const app = await createRestApp({
    http1,
    logger: pino({ level: 'silent' }),
    routes(scope) {
      scope.addHook('onRoute', ({ method, url }) => {
        if (method !== 'HEAD') registered.push(`${String(method)} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
      });
      addRoutes(scope, { clients, streams: new OpenStreams(), agentTimeoutMs: 1 });
    },
  });
  await app.close();
  const documented = operations(document).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(documented.toSorted(), [...registered, 'GET /openapi.json'].toSorted());
});

test('every operation is told apart, explained and answered with a schema', async () => {
  await using rig = await gatewayRig();
  const document = await read(rig);
  const all = operations(document);
  assert.equal(document.openapi, '3.1.0');
  assert.equal(new Set(all.map(({ it }) => it.operationId)).size, all.length);
  for (const { method, path, it } of all) {
    const name = `${method} ${path}`;
    assert.ok(it.operationId && it.summary && it.tags.length > 0, name);
    for (const { name: parameter, description } of it.parameters ?? []) assert.ok(description, `${name} ${parameter}`);
    const success = Object.entries(it.responses).filter(([status]) => /^[12]/.test(status));
    assert.ok(success.length > 0, name);
    for (const [status, { description, content }] of success) {
      assert.notEqual(description, 'Default Response', `${name} ${status}`);
      assert.ok(content !== undefined || ['101', '204'].includes(status), `${name} ${status}`);
    }
    if (path === '/openapi.json') continue;
    assert.deepEqual(it.responses['default']?.content?.['application/json']?.schema, {
      $ref: '#/components/schemas/Error',
    });
  }
});

test('every schema is sound, and every example keeps to its own', async () => {
  await using rig = await gatewayRig();
  const document = await read(rig);
  const ajv = validator(document);
  for (const name of Object.keys(document.components.schemas)) {
    const check = ajv.getSchema(at('components', 'schemas', name));
    assert.ok(check, name);
    for (const example of document.components.schemas[name]?.examples ?? []) {
      assert.ok(check(example), `${name}: ${ajv.errorsText(check.errors)}`);
    }
  }
  assert.ok(document.components.schemas['Run']?.examples?.length === 1);
  let examples = 0;
  for (const { method, path, it } of operations(document)) {
    for (const [type, { example }] of Object.entries(it.requestBody?.content ?? {})) {
      assert.notEqual(example, undefined, `${method} ${path} ${type} has no example`);
      const pointer = at('paths', path, method.toLowerCase(), 'requestBody', 'content', type, 'schema');
      const check = ajv.getSchema(pointer);
      assert.ok(check?.(example), `${method} ${path} ${type}: ${ajv.errorsText(check?.errors)}`);
      examples += 1;
    }
  }
  assert.ok(examples >= 8);
});

test('real answers keep to the document', async () => {
  await using rig = await gatewayRig();
  const document = await read(rig);
  const ajv = validator(document);
  const check = async (method: string, path: string, documented: string, body?: unknown) => {
    const answer = await rig.json(method, path, body);
    const { responses } = document.paths[documented]?.[method.toLowerCase()] ?? assert.fail(documented);
    const status = String(answer.status) in responses ? String(answer.status) : 'default';
    assert.notEqual(answer.status, 500);
    if (answer.status === 204) return answer;
    const pointer = ['responses', status, 'content', 'application/json', 'schema'];
    const validate = ajv.getSchema(at('paths', documented, method.toLowerCase(), ...pointer));
    assert.ok(validate?.(answer.body), `${method} ${path}: ${ajv.errorsText(validate?.errors)}`);
    return answer;
  };
  await check('POST', '/api/v1/workflows', '/api/v1/workflows', { id: 'new' });
  await check('POST', '/api/v1/workflows/validate', '/api/v1/workflows/validate', { id: 'new' });
  await check('GET', '/api/v1/workflows', '/api/v1/workflows');
  await check('GET', '/api/v1/workflows/echo', '/api/v1/workflows/{workflow_id}');
  await check('GET', '/api/v1/workflows/echo/versions', '/api/v1/workflows/{workflow_id}/versions');
  const slow = `/api/v1/workflows/${SLOW_WORKFLOW}/run`;
  const { body: run } = await check('POST', slow, '/api/v1/workflows/{workflow_id}/run', { labels: { a: 'b' } });
  rig.events.append(run.run_id, delta('Hel'));
  rig.scheduler.finish(run.run_id, { done: true });
  await check('GET', `/api/v1/runs/${run.run_id}`, '/api/v1/runs/{run_id}');
  await check('GET', '/api/v1/runs', '/api/v1/runs');
  for (const word of ['pause', 'resume', 'terminate', 'fork', 'retry']) {
    const { body: open } = await rig.json('POST', slow);
    await check('POST', `/api/v1/runs/${open.run_id}/${word}`, `/api/v1/runs/{run_id}/${word}`);
  }
  const { body: waiting } = await rig.json('POST', slow);
  await check('POST', `/api/v1/runs/${waiting.run_id}/signal`, '/api/v1/runs/{run_id}/signal', { name: 'paid' });
  const withStart = `/api/v1/workflows/${SLOW_WORKFLOW}/signal-with-start`;
  const paid = { name: 'paid', request_id: 'o-1' };
  await check('POST', withStart, '/api/v1/workflows/{workflow_id}/signal-with-start', paid);
  const approval = { namespace: 'default', runId: waiting.run_id, nodeId: 'review', state: ApprovalState.OPEN };
  rig.scheduler.approvals.push(create(ApprovalSchema, { ...approval, formSchema: { type: 'object' } }));
  await check('GET', '/api/v1/approvals', '/api/v1/approvals');
  const ofRun = `/api/v1/approvals/${waiting.run_id}/review`;
  await check('GET', ofRun, '/api/v1/approvals/{run_id}/{node_id}');
  for (const verdict of ['approve', 'reject']) {
    await check('POST', `${ofRun}/${verdict}`, `/api/v1/approvals/{run_id}/{node_id}/${verdict}`, {
      decided_by: 'ada',
    });
  }
  const { body } = await check('GET', `/api/v1/runs/${run.run_id}/events`, '/api/v1/runs/{run_id}/events');
  assert.equal(body.events.length, 3);
  await check('GET', `/v1/runs/${run.run_id}/events`, '/v1/runs/{run_id}/events');
  await check('DELETE', `/api/v1/runs/${run.run_id}`, '/api/v1/runs/{run_id}');
  const agent = { agent_id: 'a', endpoint: 'http://127.0.0.1:1', timeout: '1.5s', config: { k: [1] } };
  await check('POST', '/api/v1/agents', '/api/v1/agents', agent);
  await check('GET', '/api/v1/agents', '/api/v1/agents');
  await check('GET', '/api/v1/agents/a', '/api/v1/agents/{agent_id}');
  await check('POST', '/api/v1/agents/a/invoke', '/api/v1/agents/{agent_id}/invoke', { wait: '1ms' });
  await check('GET', '/api/v1/agents/a/tasks', '/api/v1/agents/{agent_id}/tasks');
  await check('POST', '/v1/agents/register', '/v1/agents/register', { agent_id: 'b', endpoint: 'http://127.0.0.1:2' });
  await check('GET', '/v1/agents', '/v1/agents');
  await check('GET', '/v1/agents/b', '/v1/agents/{agent_id}');
  await check('DELETE', '/api/v1/agents/a', '/api/v1/agents/{agent_id}');
  const spec = { crons: ['@daily'], skip: { crons: ['* * * * SUN'] }, action: { llm: {}, input: 1 } };
  const template = { agent_id: 'a', version: '1.0.0', protocol: 'grpc', process: { command: 'a' } };
  await check('POST', '/api/v1/deployments', '/api/v1/deployments', { deployment_id: 'd', template });
  await check('GET', '/api/v1/deployments', '/api/v1/deployments');
  await check('GET', '/api/v1/deployments/d', '/api/v1/deployments/{deployment_id}');
  const ofDeployment = '/api/v1/deployments/{deployment_id}';
  await check('POST', '/api/v1/deployments/d/scale', `${ofDeployment}/scale`, { replicas: 2 });
  await check('POST', '/api/v1/deployments/d/rollback', `${ofDeployment}/rollback`, {});
  await check('DELETE', '/api/v1/deployments/d', ofDeployment);
  await check('POST', '/api/v1/schedules', '/api/v1/schedules', { schedule_id: 's', spec });
  await check('GET', '/api/v1/schedules', '/api/v1/schedules');
  await check('GET', '/api/v1/schedules/s', '/api/v1/schedules/{schedule_id}');
  await check('PUT', '/api/v1/schedules/s', '/api/v1/schedules/{schedule_id}', { spec });
  for (const [action, asked] of Object.entries({
    pause: {},
    trigger: {},
    backfill: { start_time: '2026-05-01T00:00:00Z', end_time: '2026-05-02T00:00:00Z' },
  })) {
    await check('POST', `/api/v1/schedules/s/${action}`, `/api/v1/schedules/{schedule_id}/${action}`, asked);
  }
  await check('POST', '/api/v1/schedules/s/resume', '/api/v1/schedules/{schedule_id}/resume');
  await check('GET', '/api/v1/schedules/s/times', '/api/v1/schedules/{schedule_id}/times');
  await check('POST', '/api/v1/schedules/times', '/api/v1/schedules/times', { spec });
  await check('DELETE', '/api/v1/schedules/s', '/api/v1/schedules/{schedule_id}');
  await check('GET', '/api/v1/agents/b/metrics', '/api/v1/agents/{agent_id}/metrics');
  await check('GET', '/api/v1/workflows/echo/metrics', '/api/v1/workflows/{workflow_id}/metrics');
  const messageId = '01a1fcd3-853f-7648-a691-43958cca9465';
  const message = { message_id: messageId, from_agent: 'a', payload: { n: 1 }, time_to_live: '1h' };
  const sent = { ...message, to_agent: 'b', reply_timeout: '1s' };
  await check('POST', '/api/v1/messages', '/api/v1/messages', sent);
  await check('POST', '/api/v1/messages/receive', '/api/v1/messages/receive', { agent_id: 'b' });
  await check('POST', '/api/v1/messages/acknowledge', '/api/v1/messages/acknowledge', { message_ids: [messageId] });
  await check('POST', '/api/v1/messages/broadcast', '/api/v1/messages/broadcast', { ...message, to_agents: ['b'] });
  await check('GET', '/api/v1/messages?agent_id=b', '/api/v1/messages');
  await check('GET', `/api/v1/messages/${messageId}`, '/api/v1/messages/{message_id}');
  await check('GET', `/api/v1/runs/${run.run_id}/messages`, '/api/v1/runs/{run_id}/messages');
  await check('POST', '/api/v1/topics/t/messages', '/api/v1/topics/{topic}/messages', message);
  await check('GET', '/api/v1/topics/t/messages', '/api/v1/topics/{topic}/messages');
  const question = { messages: [{ role: 'user', content: 'x' }] };
  await check('POST', '/api/v1/llm/complete', '/api/v1/llm/complete', question);
  await check('GET', '/api/v1/llm/models', '/api/v1/llm/models');
  await check('GET', '/health', '/health');
});
