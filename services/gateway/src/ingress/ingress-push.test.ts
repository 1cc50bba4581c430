import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { eventually } from '@skein/testkit';
import { delta } from '../testing/deltas.ts';
import { SLOW_WORKFLOW } from '../testing/fake-scheduler.ts';
import { gatewayRig } from '../testing/gateway-rig.ts';

interface Sent {
  readonly session_id: string;
  readonly event: { readonly event_id: string; readonly type: string };
}

/** An ingress that answers what `status` says, and keeps what it accepted. */
async function fakeIngress(status: (tries: number) => number = () => 200) {
  const accepted: Sent[] = [];
  let tries = 0;
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      tries += 1;
      const code = request.url === '/internal/send' ? status(tries) : 404;
      if (code === 200) accepted.push(body as Sent);
      response.writeHead(code).end();
      return undefined;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    accepted,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const start = `/api/v1/workflows/${SLOW_WORKFLOW}/run`;

test('the events of a run with a session are pushed as they happen', async () => {
  using ingress = await fakeIngress();
  await using rig = await gatewayRig({ ingressUrl: ingress.url });
  // The start answers at the end; the events come before.
  const started = rig.json('POST', `${start}?wait=1m`, { session_id: 's-1' });
  await eventually(() => ingress.accepted.length === 1, { describe: 'the first event' });
  const runId = rig.scheduler.starts[0]?.request.runId ?? '';
  rig.events.append(runId, delta('Hel'));
  rig.scheduler.finish(runId, {});
  await started;
  await eventually(() => ingress.accepted.length === 3, { describe: 'all events' });
  assert.deepEqual(
    ingress.accepted.map(({ session_id: session, event }) => [session, event.type, event.event_id]),
    [
      ['s-1', 'run_started', `${runId}/1`],
      ['s-1', 'agent_stream_delta', `${runId}/reply/1/1/1`],
      ['s-1', 'run_done', `${runId}/2`],
    ],
  );
});

test('a run without a session, or that was started before, is not pushed', async () => {
  using ingress = await fakeIngress();
  await using rig = await gatewayRig({ ingressUrl: ingress.url });
  await rig.json('POST', start, {});
  const { body } = await rig.json('POST', start, { session_id: 's-1', request_id: 'r' });
  await rig.json('POST', start, { session_id: 's-1', request_id: 'r' });
  rig.scheduler.finish(body.run_id, {});
  await eventually(() => ingress.accepted.length === 2 && rig.events.open === 0, { describe: 'the one run' });
});

test('an event that is not accepted is sent again, in its place', async () => {
  using ingress = await fakeIngress((tries) => (tries <= 2 ? 503 : 200));
  await using rig = await gatewayRig({ ingressUrl: ingress.url });
  await rig.json('POST', '/api/v1/workflows/echo/run', { session_id: 's-1' });
  await eventually(() => ingress.accepted.length === 1, { describe: 'the event' });
  assert.equal(ingress.accepted[0]?.event.type, 'run_started');
});

test('a stop ends what is being pushed', async () => {
  await using rig = await gatewayRig({ ingressUrl: 'http://127.0.0.1:9' });
  await rig.json('POST', start, { session_id: 's-1' });
  await eventually(() => rig.events.open === 1, { describe: 'the subscription' });
  await rig.gateway[Symbol.asyncDispose]();
  await eventually(() => rig.events.open === 0, { describe: 'the subscription to end' });
});
