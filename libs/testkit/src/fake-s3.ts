/**
 * A server that speaks the part of S3 that stores, reads, lists and deletes objects, on a port of its own: signatures of
 * version 4 are checked as AWS describes them, digests of bodies too.
 *
 * Owns: its buckets, and the trouble that tests order.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server is made with. */
export interface FakeS3Options {
  readonly bucket?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Objects of one page of a list; default 1000. */
  readonly pageSize?: number;
}

/** An answer instead of the right one. */
export interface S3Trouble {
  readonly status: number;
  readonly code: string;
}

interface StoredObject {
  bytes: Buffer;
  modifiedAtMs: number;
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

export class FakeS3 implements AsyncDisposable {
  readonly bucket: string;
  readonly accessKeyId: string;
  /** What signatures are checked with; tests may change it. */
  secretAccessKey: string;
  /** By key. */
  readonly objects = new Map<string, StoredObject>();
  /** Given instead of the right answer, while it is set. */
  trouble: S3Trouble | undefined;
  /** Each request that was answered well, such as `PUT a/b`. */
  readonly served: string[] = [];
  readonly #pageSize: number;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  private constructor({
    bucket = 'payloads',
    accessKeyId = 'test',
    secretAccessKey = 'secret',
    pageSize = 1000,
  }: FakeS3Options) {
    this.bucket = bucket;
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    this.#pageSize = pageSize;
  }

  /** Starts one, with an empty bucket. */
  static async start(options: FakeS3Options = {}): Promise<FakeS3> {
    const fake = new FakeS3(options);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** Base URL; the bucket stands in the path. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', this.endpoint);
    const asked = { method: request.method ?? '', url, headers: request.headers, body: Buffer.concat(chunks) };
    const trouble = this.trouble ?? this.#refusalOf(asked);
    if (trouble !== undefined) return send(response, trouble.status, errorXml(trouble.code, url.pathname));
    const [, bucket = '', ...path] = url.pathname.split('/');
    const key = path.map((part) => decodeURIComponent(part)).join('/');
    if (bucket !== this.bucket) return send(response, 404, errorXml('NoSuchBucket', url.pathname));
    this.served.push(`${asked.method} ${key}${url.searchParams.has('delete') ? '?delete' : ''}`);
    if (asked.method === 'PUT') return this.#put(response, key, asked.body);
    if (asked.method === 'POST' && url.searchParams.has('delete')) return this.#delete(response, asked);
    if (asked.method === 'GET') return key === '' ? this.#list(response, url.searchParams) : this.#get(response, key);
    return send(response, 405, errorXml('MethodNotAllowed', url.pathname));
  }

  #put(response: ServerResponse, key: string, bytes: Buffer): void {
    this.objects.set(key, { bytes, modifiedAtMs: Date.now() });
    send(response, 200, '');
  }

  #get(response: ServerResponse, key: string): void {
    const found = this.objects.get(key);
    if (found === undefined) return send(response, 404, errorXml('NoSuchKey', key));
    response.writeHead(200, { 'content-length': found.bytes.byteLength }).end(found.bytes);
  }

  #delete(response: ServerResponse, { body, headers }: Asked): void {
    const md5 = createHash('md5').update(body).digest('base64');
    if (headers['content-md5'] !== md5) return send(response, 400, errorXml('InvalidDigest', ''));
    for (const [, key = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) this.objects.delete(key);
    send(response, 200, '<?xml version="1.0"?><DeleteResult/>');
  }

  #list(response: ServerResponse, query: URLSearchParams): void {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const size = Math.min(Number(query.get('max-keys') ?? 1000), this.#pageSize);
    const matching = [...this.objects].filter(([key]) => key.startsWith(prefix) && key > after).toSorted(byKey);
    const page = matching.slice(0, size);
    const next = matching.length > size ? (page.at(-1)?.[0] ?? '') : '';
    const contents = page.map(([key, { modifiedAtMs }]) => {
      return `<Contents><Key>${key}</Key><LastModified>${new Date(modifiedAtMs).toISOString()}</LastModified></Contents>`;
    });
    const more = next === '' ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
    const isTruncated = `<IsTruncated>${next !== ''}</IsTruncated>`;
    send(
      response,
      200,
      `<?xml version="1.0"?><ListBucketResult>${isTruncated}${contents.join('')}${more}</ListBucketResult>`,
    );
  }

  /** What is wrong with the signature or the digest; undefined: nothing. */
  #refusalOf({ method, url, headers, body }: Asked): S3Trouble | undefined {
    const [, accessKeyId, date = '', region = '', names = '', signature = ''] =
      SIGNED.exec(headers.authorization ?? '') ?? [];
    if (accessKeyId === undefined) return { status: 403, code: 'AccessDenied' };
    if (accessKeyId !== this.accessKeyId) return { status: 403, code: 'InvalidAccessKeyId' };
    const digest = String(headers['x-amz-content-sha256'] ?? '');
    if (digest !== createHash('sha256').update(body).digest('hex')) {
      return { status: 400, code: 'XAmzContentSHA256Mismatch' };
    }
    const signed = names.split(';');
    const query = [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).toSorted();
    const canonical = [
      method,
      url.pathname
        .split('/')
        .map((part) => encoded(decodeURIComponent(part)))
        .join('/'),
      query.join('&'),
      ...signed.map((name) => `${name}:${String(headers[name] ?? '').trim()}`),
      '',
      names,
      digest,
    ].join('\n');
    const scope = `${date}/${region}/s3/aws4_request`;
    const time = String(headers['x-amz-date'] ?? '');
    const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
    const keyParts = [date, region, 's3', 'aws4_request'];
    const key = keyParts.reduce<Buffer | string>((from, part) => hmac(from, part), `AWS4${this.secretAccessKey}`);
    const isRight = timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'));
    return isRight ? undefined : { status: 403, code: 'SignatureDoesNotMatch' };
  }
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function errorXml(code: string, resource: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as ordered</Message><Resource>${resource}</Resource></Error>`;
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
}
