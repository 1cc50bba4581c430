import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { eventually, FakeS3 } from '@skein/testkit';
import { startPlatform, type Mode, type TestPlatform } from './harness/platform.ts';
import { stateOf, Workplace } from './harness/workplace.ts';
import { largePayloadSuite } from './suites/large-payloads.ts';

const MODES: readonly Mode[] = ['embedded', 'distributed'];
const ECHO = { id: 'echo', nodes: [{ id: 'say', type: 'transform', expression: 'input' }], edges: [] };

for (const mode of MODES) {
  suite(`${mode}, large payloads in a bucket`, { timeout: 170_000 }, () => {
    const cleanup = new AsyncDisposableStack();
    let platform: TestPlatform | undefined;
    let s3: FakeS3 | undefined;
    const use = () => {
      assert.ok(platform && s3, 'the platform did not start');
      return platform;
    };
    before(async () => {
      s3 = cleanup.use(await FakeS3.start());
      const { endpoint, bucket, accessKeyId, secretAccessKey } = s3;
      platform = cleanup.use(
        await startPlatform(mode, {
          SKEIN_PAYLOAD_STORE: 's3',
          SKEIN_S3_ENDPOINT: endpoint,
          SKEIN_S3_BUCKET: bucket,
          SKEIN_S3_ACCESS_KEY_ID: accessKeyId,
          SKEIN_S3_SECRET_ACCESS_KEY: secretAccessKey,
        }),
      );
    });
    after(() => cleanup.disposeAsync());

    largePayloadSuite(use);

    test('a deleted run leaves nothing in the bucket', async () => {
      const place = new Workplace(use(), 'bucket');
      const run = await place.run(ECHO, 'x'.repeat(300_000));
      assert.equal(stateOf(run), 'DONE');
      const kept = () => [...(s3?.objects.keys() ?? [])].filter((key) => key.includes(`bucket/${run.runId}/`));
      assert.equal(kept().length, 1);
      const deleted = await use().skein('runs', 'delete', run.runId, '-n', 'bucket');
      assert.equal(deleted.code, 0, deleted.stderr);
      await eventually(() => kept().length === 0, { describe: 'the object is gone', timeoutMs: 40_000 });
    });
  });
}
