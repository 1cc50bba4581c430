import { boolean, ConfigError, enumOf, optional, secret, string, url, type ConfigOf } from '@skein/config';

/** Where large payloads are kept. */
export const payloadVariables = {
  store: enumOf(['postgres', 's3'], {
    env: 'SKEIN_PAYLOAD_STORE',
    default: 'postgres',
    doc: 'Where payloads of more than 256 KiB are stored from now on; what is stored is read wherever it is.',
  }),
  s3: {
    endpoint: optional(
      url({
        env: 'SKEIN_S3_ENDPOINT',
        protocols: ['http', 'https'],
        doc: 'Base URL of an S3-compatible service. Unset: AWS, in SKEIN_S3_REGION.',
      }),
    ),
    region: string({ env: 'SKEIN_S3_REGION', default: 'us-east-1', doc: 'Region that requests are signed for.' }),
    bucket: optional(
      string({
        env: 'SKEIN_S3_BUCKET',
        pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
        doc: 'Bucket of large payloads; it has to exist. Unset: none can be read or stored.',
      }),
    ),
    prefix: string({
      env: 'SKEIN_S3_PREFIX',
      default: 'payloads/',
      pattern: /^(?:[A-Za-z0-9_.-]+\/)*$/,
      doc: "Before the key of every object. What lies below it is this platform's alone.",
    }),
    pathStyle: boolean({
      env: 'SKEIN_S3_PATH_STYLE',
      default: true,
      doc: 'Whether the bucket stands in the path of requests; else it is the first label of the host.',
    }),
    accessKeyId: optional(string({ env: 'SKEIN_S3_ACCESS_KEY_ID', doc: 'Key that requests are signed by.' })),
    secretAccessKey: optional(secret({ env: 'SKEIN_S3_SECRET_ACCESS_KEY', doc: 'Its secret.' })),
    secretAccessKeyFile: optional(
      string({
        env: 'SKEIN_S3_SECRET_ACCESS_KEY_FILE',
        doc: 'File that holds the secret instead; read again when the service refuses.',
      }),
    ),
  },
};

/** What the variables come to. */
export type PayloadSettings = ConfigOf<typeof payloadVariables>;

/** What belongs together is given together. @throws ConfigError */
export function checkPayloadSettings({ store, s3 }: PayloadSettings): void {
  if (store !== 's3' && s3.bucket === undefined) return;
  const why = store === 's3' ? 'SKEIN_PAYLOAD_STORE is s3' : 'SKEIN_S3_BUCKET is set';
  const hasSecret = s3.secretAccessKey !== undefined || s3.secretAccessKeyFile !== undefined;
  const missing = [
    ...(s3.bucket === undefined ? ['SKEIN_S3_BUCKET'] : []),
    ...(s3.accessKeyId === undefined ? ['SKEIN_S3_ACCESS_KEY_ID'] : []),
    ...(hasSecret ? [] : ['SKEIN_S3_SECRET_ACCESS_KEY']),
  ];
  if (missing.length === 0) return;
  throw new ConfigError(missing.map((env) => ({ env, problem: `is needed where ${why}`, mend: 'set it' })));
}
