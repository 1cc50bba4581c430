import { readFile } from 'node:fs/promises';
import type { PayloadSettings } from '../../payload-settings.ts';
import { S3ObjectStore } from './s3-object-store.ts';

/** The bucket that settings name; undefined: they name none. */
export function payloadBucket({ s3 }: PayloadSettings): S3ObjectStore | undefined {
  const { bucket, region, prefix, pathStyle, accessKeyId = '', secretAccessKey, secretAccessKeyFile } = s3;
  if (bucket === undefined) return undefined;
  const endpoint = s3.endpoint ?? `https://s3.${region}.amazonaws.com`;
  const secretOf = async () =>
    secretAccessKeyFile === undefined
      ? (secretAccessKey?.reveal() ?? '')
      : (await readFile(secretAccessKeyFile, 'utf8')).trim();
  const credentials = async () => ({ accessKeyId, secretAccessKey: await secretOf() });
  return new S3ObjectStore({ endpoint, region, bucket, prefix, pathStyle, credentials });
}
