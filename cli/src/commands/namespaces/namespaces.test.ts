import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import {
  NamespaceSchema,
  NamespaceService,
  RunService,
  type DeleteRunRequest,
  type UpdateNamespaceRequest,
} from '@skein/contracts/scheduler';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const DAY_S = 86_400n;
const PLAIN = create(NamespaceSchema, { name: 'default', effectiveRunRetention: { seconds: 30n * DAY_S } });
const EVER = create(NamespaceSchema, { name: 'acme', keepRunsForever: true, description: 'a customer' });

test('namespaces are listed, shown and updated', async () => {
  const asked: UpdateNamespaceRequest[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(NamespaceService, {
      getNamespace: ({ name }) => ({ namespace: name === 'default' ? PLAIN : EVER }),
      listNamespaces: () => ({ namespaces: [EVER, PLAIN] }),
      updateNamespace(request) {
        asked.push(request);
        return { namespace: EVER };
      },
    }),
  );
  const skein = (...args: string[]) => useCli(['--api', platform.url, 'namespaces', ...args]);
  assert.equal((await skein('get')).stdout, 'default: ended runs are kept 30d (default)\n');
  assert.match((await skein('list')).stdout, /acme +for ever +namespace +a customer\ndefault +30d +default/);
  const line = 'acme: ended runs are kept for ever (namespace), a customer\n';
  assert.equal((await skein('update', 'acme', '--keep-runs-forever', '--description', 'a customer')).stdout, line);
  await skein('update', 'acme', '--run-retention', '7d', '-l', 'tier=gold');
  await skein('update', 'acme', '--default-run-retention');
  assert.deepEqual(
    asked.map(({ namespace, updateMask }) => [updateMask?.paths, namespace?.runRetention?.seconds]),
    [
      [['keep_runs_forever', 'description'], undefined],
      [['run_retention', 'labels'], 7n * DAY_S],
      [['run_retention'], undefined],
    ],
  );
  assert.equal((await skein('update', 'acme')).code, EXIT.usage);
  assert.equal((await skein('update', 'acme', '--run-retention', '1d', '--keep-runs-forever')).code, EXIT.usage);
});

test('runs are deleted one by one', async () => {
  const asked: DeleteRunRequest[] = [];
  await using platform = await fakePlatform(({ service }) =>
    service(RunService, {
      deleteRun(request) {
        asked.push(request);
        return {};
      },
    }),
  );
  const deleted = await useCli(['--api', platform.url, 'runs', 'delete', 'one', 'two']);
  assert.deepEqual([deleted.code, deleted.stdout], [EXIT.ok, 'one deleted\ntwo deleted\n']);
  assert.deepEqual(
    asked.map(({ runId }) => runId),
    ['one', 'two'],
  );
});
