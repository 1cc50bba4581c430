import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { RunState } from '@skein/contracts/scheduler';
import { eventually } from '@skein/testkit';
import { sendOutput, startHttpAgent } from '../agents/http-agent.ts';
import { ROOT } from '../harness/skein.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'limits';
const EXAMPLE = join(ROOT, 'examples/flow-control/orders.yaml');

/** Time that a call takes, so that calls would meet if they could. */
const WORK_MS = 20;

interface ShownRun {
  readonly run_id: string;
  readonly state: string;
  readonly waiting_for?: string;
}

/** Limits through the command line and the API. */
export function limitSuite(use: UsePlatform): void {
  suite('limits', () => {
    const ok = async (...args: string[]) => {
      const { code, stdout, stderr } = await use().skein(...args, '-n', NAMESPACE);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const rest = async <T>(method: string, path: string, body?: object): Promise<T> => {
      const response = await fetch(`${use().apiUrl}/api/v1/${path}?namespace=${NAMESPACE}`, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      return (await response.json()) as T;
    };
    const start = (input: object) => rest<ShownRun>('POST', 'workflows/orders/run', { input });
    const begunAt = async (runId: string) => {
      const { run } = await use().clients.runs.awaitRun({ namespace: NAMESPACE, runId, timeout: { seconds: 30n } });
      const { entries } = await use().clients.events.listEvents({ namespace: NAMESPACE, runId });
      const admitted = entries.find(
        ({ entry }) => entry.case === 'runEvent' && entry.value.event.case === 'runAdmitted',
      );
      const at = admitted?.entry.case === 'runEvent' ? admitted.entry.value.occurredAt : undefined;
      assert.ok(run && at, runId);
      return Number(at.seconds) * 1000 + at.nanos / 1e6;
    };

    test('one customer’s orders come one after the other, urgent ones first; other customers do not wait', async () => {
      const text = await readFile(EXAMPLE, 'utf8');
      const held = text
        .replace('id: orders', 'id: held-orders')
        .replace('type: wait, duration: 200ms', 'type: signal, signal_name: packed, timeout: 10m');
      assert.match(held, /^id: held-orders[^]*signal_name/m);
      const startHeld = (input: object) => rest<ShownRun>('POST', 'workflows/held-orders/run', { input });
      const applied = await fetch(`${use().apiUrl}/api/v1/workflows?namespace=${NAMESPACE}`, {
        method: 'POST',
        headers: { 'content-type': 'application/yaml' },
        body: held,
      });
      assert.ok(applied.ok, await applied.text());
      const first = await startHeld({ customer: 'acme' });
      const later = await startHeld({ customer: 'acme' });
      const urgent = await startHeld({ customer: 'acme', urgent: true });
      const other = await startHeld({ customer: 'other' });
      for (const { run_id: runId } of [later, urgent]) {
        const isInLine = async () =>
          /place/.test((await rest<ShownRun>('GET', `runs/${runId}`)).waiting_for ?? '') || undefined;
        await eventually(isInLine, { describe: 'the customer’s other orders to be in the line' });
      }
      assert.equal((await rest<ShownRun>('GET', `runs/${first.run_id}`)).state, 'WAITING');
      for (const { run_id: runId } of [first, later, urgent, other]) {
        const target = { case: 'runId' as const, value: runId };
        await use().clients.runs.signalRun({ namespace: NAMESPACE, target, signalName: 'packed' });
      }
      const at = await Promise.all([first, later, urgent, other].map(({ run_id: runId }) => begunAt(runId)));
      const [firstAt = 0, laterAt = 0, urgentAt = 0, otherAt = 0] = at;
      assert.ok(firstAt < urgentAt && urgentAt < laterAt, at.join(' '));
      assert.ok(otherAt < urgentAt, at.join(' '));
    });

    test('an agent with a limit is never called more often at a time, whoever runs it', async () => {
      let underWay = 0;
      let most = 0;
      const answer = async (response: ServerResponse): Promise<void> => {
        underWay += 1;
        most = Math.max(most, underWay);
        await delay(WORK_MS);
        underWay -= 1;
        sendOutput(response, 'done');
      };
      await using agent = await startHttpAgent((response) => void answer(response));
      await ok('agents', 'register', 'narrow', '-e', agent.url, '-p', 'http-process', '--max-calls', '2');
      await eventually(async () => /agent\/narrow +\d of 2/.test(await ok('limits', 'list')), {
        describe: 'the schedulers to know the limit',
      });
      const { runs } = use().clients;
      const started = await Promise.all(
        Array.from({ length: 12 }, () =>
          runs.startRun({ namespace: NAMESPACE, target: { case: 'agent', value: { agentId: 'narrow' } } }),
        ),
      );
      for (const { run } of started) {
        const ended = await runs.awaitRun({ namespace: NAMESPACE, runId: run?.runId ?? '', timeout: { seconds: 30n } });
        assert.equal(ended.run?.state, RunState.DONE);
      }
      assert.equal(agent.calls.length, 12);
      assert.equal(most, 2);
    });

    test('an operator stops new runs with a limit, sees who waits, and lets them go on', async () => {
      await ok('workflows', 'apply', EXAMPLE);
      const path = `limits/${encodeURIComponent('key/door')}`;
      const set = await rest<{ effective_max_concurrency: number }>('PUT', path, { max_concurrency: 3 });
      assert.equal(set.effective_max_concurrency, 3);
      assert.match(await ok('limits', 'set', 'workflow/orders', '--rate', '1', '--per', '1h'), /1 per 3600s/);
      const runs = [await start({ customer: 'a' }), await start({ customer: 'b' }), await start({ customer: 'c' })];
      const waiting = await eventually(
        async () => {
          const shown = await Promise.all(runs.map(({ run_id: runId }) => rest<ShownRun>('GET', `runs/${runId}`)));
          const held = shown.filter(({ state, waiting_for: why = '' }) => state === 'CREATED' && why.includes('place'));
          return held.length >= 2 ? held : undefined;
        },
        { describe: 'runs to wait for the rate' },
      );
      assert.match(waiting.map((run) => run.waiting_for).join('\n'), /the rate of workflow\/orders .*skein limits set/);
      assert.match(await ok('limits', 'list'), /workflow\/orders +\d of 4 +1 per 3600s +\d +operator/);
      const [cancelled] = waiting;
      assert.ok(cancelled);
      await ok('runs', 'cancel', cancelled.run_id);
      await ok('limits', 'delete', 'workflow/orders', 'key/door');
      for (const { run_id: runId } of runs) {
        const { run } = await use().clients.runs.awaitRun({ namespace: NAMESPACE, runId, timeout: { seconds: 30n } });
        assert.ok(run?.endedAt, runId);
      }
      assert.equal((await use().skein('limits', 'get', 'key/none', '-n', NAMESPACE)).code, 3);
    });
  });
}
