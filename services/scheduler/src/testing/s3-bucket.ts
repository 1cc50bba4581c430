import type { FakeS3 } from '@skein/testkit';
import { S3ObjectStore } from '../adapters/s3/s3-object-store.ts';
import { schedulerConfig } from '../config.ts';
import type { PayloadSettings } from '../payload-settings.ts';

/** The bucket of a server, under a prefix. */
export function bucketAt({ endpoint, bucket, accessKeyId, secretAccessKey }: FakeS3): S3ObjectStore {
  const credentials = () => Promise.resolve({ accessKeyId, secretAccessKey });
  return new S3ObjectStore({ endpoint, bucket, region: 'eu-test-1', prefix: 'skein/', pathStyle: true, credentials });
}

/** A scheduler's settings for the bucket of a server; `store` is where new payloads go. */
export function payloadSettings(s3: FakeS3, store: PayloadSettings['store'] = 's3'): PayloadSettings {
  return schedulerConfig.load({
    SKEIN_PAYLOAD_STORE: store,
    SKEIN_S3_ENDPOINT: s3.endpoint,
    SKEIN_S3_BUCKET: s3.bucket,
    SKEIN_S3_ACCESS_KEY_ID: s3.accessKeyId,
    SKEIN_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
  }).payloads;
}
