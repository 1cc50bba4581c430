import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { FakeS3, temporaryDirectory } from '@skein/testkit';
import { ObjectStoreError } from '../../app/payloads/object-store.ts';
import { schedulerConfig } from '../../config.ts';
import { testObjectStoreContract } from '../../testing/object-store.contract.ts';
import { bucketAt } from '../../testing/s3-bucket.ts';
import { payloadBucket } from './payload-bucket.ts';
import { deleteProblem, errorOf, pageOf } from './s3-xml.ts';

suite('s3', () => {
  let s3: FakeS3 | undefined;
  testObjectStoreContract(async () => {
    await s3?.[Symbol.asyncDispose]();
    s3 = await FakeS3.start({ pageSize: 3 });
    return bucketAt(s3);
  });
  test('the server of the last test stops', () => s3?.[Symbol.asyncDispose]());
});

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof ObjectStoreError && pattern.test(error.message);

test('a service that is busy, refuses or is away is told by name, and nothing else is made of it', async () => {
  await using s3 = await FakeS3.start();
  const store = bucketAt(s3);
  s3.trouble = { status: 503, code: 'SlowDown' };
  await assert.rejects(store.put('a/b/c', Buffer.from('x'), ''), refused(/HTTP 503 SlowDown/));
  await assert.rejects(store.list('', undefined), refused(/HTTP 503 SlowDown/));
  s3.trouble = { status: 404, code: 'NoSuchBucket' };
  await assert.rejects(store.get('a/b/c'), refused(/NoSuchBucket/), 'a bucket that is missing is no missing object');
  s3.trouble = undefined;
  await assert.rejects(store.put('a/b/c', Buffer.from('x'), 'ab'.repeat(32)), refused(/XAmzContentSHA256Mismatch/));
  s3.secretAccessKey = 'another';
  await assert.rejects(store.get('a/b/c'), refused(/HTTP 403 SignatureDoesNotMatch/));
  await s3[Symbol.asyncDispose]();
  await assert.rejects(store.get('a/b/c'), refused(/does not answer/));
});

test('a secret in a file is read again when the service refuses', async () => {
  await using s3 = await FakeS3.start();
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'secret');
  await writeFile(file, `${s3.secretAccessKey}\n`);
  const { payloads } = schedulerConfig.load({
    SKEIN_S3_ENDPOINT: s3.endpoint,
    SKEIN_S3_BUCKET: s3.bucket,
    SKEIN_S3_ACCESS_KEY_ID: s3.accessKeyId,
    SKEIN_S3_SECRET_ACCESS_KEY_FILE: file,
  });
  const store = payloadBucket(payloads);
  assert.deepEqual(await store?.list('', undefined), { objects: [], next: undefined });
  s3.secretAccessKey = 'rotated';
  await assert.rejects(async () => store?.list('', undefined), refused(/SignatureDoesNotMatch/));
  await writeFile(file, 'rotated');
  assert.deepEqual(await store?.list('', undefined), { objects: [], next: undefined });
});

test('settings that belong together are asked for together', () => {
  const load = (env: Record<string, string>) => () => schedulerConfig.load(env);
  assert.throws(load({ SKEIN_PAYLOAD_STORE: 's3' }), /SKEIN_S3_BUCKET is needed[^]*SKEIN_S3_ACCESS_KEY_ID/);
  assert.throws(
    load({ SKEIN_S3_BUCKET: 'texts' }),
    /SKEIN_S3_SECRET_ACCESS_KEY is needed where SKEIN_S3_BUCKET is set/,
  );
  assert.equal(payloadBucket(schedulerConfig.load({}).payloads), undefined);
});

test('documents are read with their entities', () => {
  const contents =
    '<Contents><Key>p/a&amp;b&#x41;</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified></Contents>';
  assert.deepEqual(pageOf(`<R>${contents}<Contents><Key>q</Key></Contents></R>`, 'p/'), {
    objects: [{ key: 'a&bA', modifiedAtMs: Date.UTC(2026, 10, 1) }],
    next: undefined,
  });
  assert.deepEqual(errorOf('<Error><Code>SlowDown</Code><Message>slow &lt;down&gt;</Message></Error>'), {
    code: 'SlowDown',
    message: 'slow <down>',
  });
  assert.deepEqual(errorOf('no document'), { code: '', message: '' });
  const problem = '<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code></Error></DeleteResult>';
  assert.equal(deleteProblem(problem), 'k AccessDenied');
  assert.equal(deleteProblem('<DeleteResult/>'), undefined);
});
