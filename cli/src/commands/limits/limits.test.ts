import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { LimitSchema, LimitService, type SetLimitRequest } from '@skein/contracts/scheduler';
import { skeinError } from '@skein/rpc';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform } from '../../testing/fake-platform.ts';
import { useCli } from '../../testing/use-cli.ts';

const LIMIT = create(LimitSchema, {
  key: 'workflow/orders',
  maxConcurrency: 2,
  effectiveMaxConcurrency: 2,
  effectiveRateLimit: 100,
  effectiveRatePer: { seconds: 60n },
  holderCount: 2,
  waiterCount: 5,
});

async function platformOf() {
  const asked: SetLimitRequest[] = [];
  const platform = await fakePlatform(({ service }) =>
    service(LimitService, {
      setLimit(request) {
        asked.push(request);
        return { limit: LIMIT };
      },
      getLimit: () => ({ limit: LIMIT }),
      listLimits: ({ namespace }) => ({ limits: namespace === 'empty' ? [] : [LIMIT] }),
      deleteLimit({ key }) {
        if (key === 'namespace') return {};
        throw skeinError({ reason: 'LIMIT_NOT_FOUND', code: Code.NotFound, message: `no ${key}` });
      },
    }),
  );
  return { platform, asked };
}

test('limits are set, shown, listed and taken away', async () => {
  const { platform, asked } = await platformOf();
  await using _ = platform;
  const skein = (...args: string[]) => useCli(['--api', platform.url, ...args]);
  const line = 'workflow/orders: 2 of 2 taken, 100 per 60s, 5 waiting (operator)\n';
  const set = await skein('limits', 'set', 'workflow/orders', '--max', '2', '--rate', '100', '--per', '1m');
  assert.deepEqual([set.code, set.stdout], [EXIT.ok, line]);
  assert.deepEqual([asked[0]?.maxConcurrency, asked[0]?.rateLimit, asked[0]?.ratePer?.seconds], [2, 100, 60n]);
  assert.equal((await skein('limits', 'get', 'workflow/orders')).stdout, line);
  assert.match((await skein('limits', 'list')).stdout, /workflow\/orders +2 of 2 +100 per 60s +5 +operator/);
  assert.match((await skein('-n', 'empty', 'limits', 'list')).stderr, /no limits/);
  assert.equal((await skein('limits', 'delete', 'namespace')).code, EXIT.ok);
  const missing = await skein('limits', 'delete', 'key/x');
  assert.notEqual(missing.code, EXIT.ok);
  assert.match(missing.stderr, /no key\/x/);
});
