/** Agents that demand credentials, and agents behind TLS. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { selfSigned, temporaryDirectory } from '@skein/testkit';
import { pino } from 'pino';
import { startA2aAgent } from './testing/a2a-agent.ts';
import { textPart } from './testing/a2a-reply.ts';
import { failureIn, outputOf, startStage, type Stage, type StageOptions } from './testing/executor-stage.ts';
import type { AgentOptions } from './testing/fake-registry.ts';
import { resultStep, startGrpcAgent } from './testing/grpc-agent.ts';
import { sendEvents, sendJson, startHttpAgent } from './testing/http-agent.ts';

const SECRET = 's3cr-et"and\\more';
const HTTP = AgentProtocol.HTTP_PROCESS;

/** A folder with the secret `key` of the namespace `default`. */
async function secrets(value = `${SECRET}\n`) {
  const folder = await temporaryDirectory();
  await mkdir(join(folder.path, 'default'));
  await writeFile(join(folder.path, 'default', 'key'), value);
  await writeFile(join(folder.path, 'outside'), 'not for agents');
  return folder;
}

const agentAt = (protocol: AgentProtocol, endpoint: string, header = '', secret = 'key'): AgentOptions => ({
  protocol,
  instances: [{ instanceId: 'i', endpoint }],
  credentials: { secret, header },
});

function stageWith(agent: AgentOptions, env: StageOptions['env'], logger?: StageOptions['logger']): Promise<Stage> {
  return startStage({
    env: { SKEIN_EXECUTOR_AGENT_WAIT: '0', ...env },
    ...(logger === undefined ? {} : { logger }),
    prepare: ({ registry }) => registry.add('agent', agent),
  });
}

const call = (stage: Stage) => stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null));

async function callOnce(agent: AgentOptions, env: StageOptions['env']) {
  await using stage = await stageWith(agent, env);
  return await call(stage);
}

async function* answer() {
  yield resultStep('in');
}

suite('credentials', () => {
  test('are sent to HTTP agents as a bearer token, or in a header of their own, as they are at the moment', async () => {
    await using folder = await secrets();
    const env = { SKEIN_EXECUTOR_AGENT_SECRETS_DIR: folder.path };
    await using process = await startHttpAgent((response) => sendJson(response, { output: 'in' }));
    await using stage = await stageWith(agentAt(HTTP, process.url), env);
    assert.equal(outputOf(await call(stage)), 'in');
    await writeFile(join(folder.path, 'default', 'key'), 'another');
    assert.equal(outputOf(await call(stage)), 'in');
    assert.equal(outputOf(await callOnce(agentAt(HTTP, process.url, 'x-api-key'), env)), 'in');
    const sent = process.received.map(({ headers }) => [headers.authorization, headers['x-api-key']]);
    assert.deepEqual(sent, [
      [`Bearer ${SECRET}`, undefined],
      ['Bearer another', undefined],
      [undefined, 'another'],
    ]);

    await using invoke = await startHttpAgent((response) => {
      sendEvents(response)('done', { final_message: 'in' });
      response.end();
    });
    await callOnce(agentAt(AgentProtocol.HTTP_INVOKE_SSE, invoke.url), env);
    await using execute = await startHttpAgent((response) => sendJson(response, { success: true, data: 'in' }));
    await callOnce({ ...agentAt(AgentProtocol.HTTP_EXECUTE, execute.url), config: { task_type: 't' } }, env);
    assert.deepEqual(
      [invoke, execute].map(({ received }) => received[0]?.headers.authorization),
      ['Bearer another', 'Bearer another'],
    );
  });

  test('are sent to gRPC agents as metadata', async () => {
    await using folder = await secrets();
    await using agent = await startGrpcAgent(answer);
    const env = { SKEIN_EXECUTOR_AGENT_SECRETS_DIR: folder.path };
    await using stage = await stageWith(agentAt(AgentProtocol.GRPC, agent.address), env);
    assert.equal(outputOf(await call(stage)), 'in');
    assert.equal(agent.headers[0]?.get('authorization'), `Bearer ${SECRET}`);
  });

  for (const binding of ['JSONRPC', 'HTTP+JSON', 'GRPC'] as const) {
    test(`are sent to A2A agents over ${binding}, with the request for the card too`, async () => {
      await using folder = await secrets();
      await using agent = await startA2aAgent(
        {
          binding,
          version: '1.0',
          intercept(request, response) {
            if (request.headers.authorization === `Bearer ${SECRET}`) return false;
            response.status(401).end();
            return true;
          },
        },
        (reply) =>
          reply
            .begin()
            .artifact('answer', [textPart('in')])
            .done(),
      );
      const env = { SKEIN_EXECUTOR_AGENT_SECRETS_DIR: folder.path };
      const known = agentAt(AgentProtocol.A2A, agent.url);
      assert.deepEqual(outputOf(await callOnce(known, env)), { response: 'in' });
      const { credentials: _, ...stranger } = known;
      assert.equal(failureIn(await callOnce(stranger, env)).code, 'AGENT_ERROR_STATUS');
    });
  }

  test('that are not there fail the call before anybody is called, and a fallback agent is called instead', async () => {
    await using folder = await secrets();
    await using agent = await startHttpAgent((response) => sendJson(response, { output: 'in' }));
    const env = { SKEIN_EXECUTOR_AGENT_SECRETS_DIR: folder.path };
    const failure = failureIn(await callOnce(agentAt(HTTP, agent.url, '', 'other'), env));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_SECRET_NOT_FOUND', false]);
    assert.match(failure.message, /no secret other of namespace default/);
    assert.match(failure.remedy, /file default\/other of SKEIN_EXECUTOR_AGENT_SECRETS_DIR/);
    for (const name of ['..', '.', '../outside', 'key/']) {
      assert.equal(
        failureIn(await callOnce(agentAt(HTTP, agent.url, '', name), env)).code,
        'AGENT_SECRET_NOT_FOUND',
        name,
      );
    }
    assert.equal(failureIn(await callOnce(agentAt(HTTP, agent.url), {})).code, 'AGENT_SECRET_NOT_FOUND');
    await writeFile(join(folder.path, 'default', 'key'), 'two\nlines');
    assert.match(failureIn(await callOnce(agentAt(HTTP, agent.url), env)).message, /^the executor cannot send/);
    assert.equal(agent.received.length, 0);

    await using backup = await startHttpAgent((response) => sendJson(response, { output: 'backup' }));
    await using stage = await startStage({
      env,
      prepare({ registry }) {
        registry.add('agent', {
          ...agentAt(HTTP, agent.url, '', 'other'),
          routing: { fallbackAgentIds: ['backup'] },
        });
        registry.addAt('backup', HTTP, backup.url);
      },
    });
    assert.equal(outputOf(await call(stage)), 'backup');
  });

  test('are left out of what is said of a failure, and of the log', async () => {
    await using folder = await secrets();
    await using agent = await startHttpAgent((response, { headers }) => {
      sendJson(response, { error: `who is ${headers.authorization}?` }, 500);
    });
    const lines = new PassThrough({ encoding: 'utf8' });
    let log = '';
    lines.on('data', (text: string) => (log += text));
    const env = { SKEIN_EXECUTOR_AGENT_SECRETS_DIR: folder.path };
    await using stage = await stageWith(agentAt(HTTP, agent.url), env, pino({ level: 'trace' }, lines));
    const report = await call(stage);
    assert.match(failureIn(report).message, /Bearer \[secret\]/);
    const told = JSON.stringify([report, log], (_, value) => (typeof value === 'bigint' ? String(value) : value));
    assert.equal(told.includes('s3cr-et'), false);
  });
});

suite('TLS', () => {
  test('reaches agents whose certificate is of an authority in the file, and no others', async () => {
    await using folder = await temporaryDirectory();
    const own = selfSigned();
    const caFile = join(folder.path, 'ca.pem');
    await writeFile(caFile, own.cert);
    const env = { SKEIN_EXECUTOR_AGENT_CA_FILE: caFile };
    await using grpc = await startGrpcAgent(answer, own);
    await using http = await startHttpAgent((response) => sendJson(response, { output: 'in' }), own);
    const secured: readonly (readonly [AgentProtocol, string])[] = [
      [AgentProtocol.GRPC, `grpcs://${grpc.address}`],
      [HTTP, http.url],
    ];
    for (const [protocol, endpoint] of secured) {
      const agent = { protocol, instances: [{ instanceId: endpoint, endpoint }] };
      await using trusting = await stageWith(agent, env);
      assert.equal(outputOf(await call(trusting)), 'in');
      await using careful = await stageWith(agent, {});
      const failure = failureIn(await call(careful));
      assert.equal(failure.code, 'AGENT_UNREACHABLE', failure.message);
      assert.match(failure.remedy, /SKEIN_EXECUTOR_AGENT_CA_FILE/);
    }
    await using other = await startGrpcAgent(answer, selfSigned());
    const endpoint = `grpcs://${other.address}`;
    await using strict = await stageWith(
      { protocol: AgentProtocol.GRPC, instances: [{ instanceId: 'i', endpoint }] },
      env,
    );
    assert.equal(failureIn(await call(strict)).code, 'AGENT_UNREACHABLE');
  });
});
