/**
 * Objects in S3, or in what speaks its protocol: signed requests (version 4), one bucket, keys below a prefix.
 *
 * Owns: the wire. Does not own: retries; whoever calls knows what may wait.
 */
import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { ObjectStoreError, type ObjectPage, type ObjectStore } from '../../app/payloads/object-store.ts';
import { deleteBody, deleteProblem, errorOf, pageOf } from './s3-xml.ts';

/** What signs requests. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Where the bucket is. */
export interface S3Options {
  /** Base URL of the service, such as `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before every key; empty, or with a slash at its end. */
  readonly prefix: string;
  /** Whether the bucket stands in the path; else it is the first label of the host. */
  readonly pathStyle: boolean;
  /** Asked at first, and again when the service has refused: keys are rotated. */
  readonly credentials: () => Promise<S3Credentials>;
}

/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 15_000;

interface Call {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

export class S3ObjectStore implements ObjectStore {
  readonly #options: S3Options;
  #client: Promise<AwsClient> | undefined;

  constructor(options: S3Options) {
    this.#options = options;
  }

  async put(key: string, bytes: Uint8Array, sha256: string): Promise<void> {
    // The service compares the digest: what is damaged on its way is refused.
    const headers = { 'x-amz-content-sha256': sha256, 'content-type': 'application/json' };
    const answer = await this.#ask({ method: 'PUT', key, headers, body: bytes as Uint8Array<ArrayBuffer> });
    await answer.body?.cancel();
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const answer = await this.#ask({ method: 'GET', key }, 'NoSuchKey');
    return answer.status === 404 ? undefined : this.#read(async () => new Uint8Array(await answer.arrayBuffer()));
  }

  async list(prefix: string, after: string | undefined): Promise<ObjectPage> {
    const { prefix: base } = this.#options;
    const place: Record<string, string> = after === undefined ? {} : { 'continuation-token': after };
    const query = { 'list-type': '2', 'max-keys': '1000', prefix: base + prefix, ...place };
    const answer = await this.#ask({ method: 'GET', query });
    return pageOf(await this.#read(() => answer.text()), base);
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const body = Buffer.from(deleteBody(keys.map((key) => this.#options.prefix + key)));
    const headers = {
      'content-md5': createHash('md5').update(body).digest('base64'),
      'content-type': 'application/xml',
      'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    };
    const answer = await this.#ask({ method: 'POST', query: { delete: '' }, headers, body });
    const problem = deleteProblem(await this.#read(() => answer.text()));
    if (problem !== undefined) throw new ObjectStoreError(`${this.#name} does not delete: ${problem}`);
  }

  get #name(): string {
    const { endpoint, bucket } = this.#options;
    return `bucket ${bucket} at ${endpoint}`;
  }

  /** An answer that is well, or says that what was asked for is not there. @throws ObjectStoreError */
  async #ask(call: Call, mayLack?: string): Promise<Response> {
    let answer = await this.#send(call);
    if (answer.status === 403) {
      await answer.body?.cancel();
      this.#client = undefined;
      answer = await this.#send(call);
    }
    if (answer.ok) return answer;
    const text = await this.#read(() => answer.text());
    const { code, message } = errorOf(text);
    if (answer.status === 404 && code === mayLack) return answer;
    const why = [`HTTP ${answer.status}`, code, message].filter((part) => part !== '').join(' ');
    throw new ObjectStoreError(`${this.#name} refuses: ${why}`);
  }

  async #send({ method, key = '', query = {}, headers = {}, body }: Call): Promise<Response> {
    const url = this.#urlOf(key, query);
    try {
      this.#client ??= this.#connect();
      const client = await this.#client;
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const unsigned = body === undefined ? { 'x-amz-content-sha256': EMPTY_SHA256 } : {};
      return await client.fetch(url, { method, headers: { ...unsigned, ...headers }, signal, ...(body && { body }) });
    } catch (cause) {
      this.#client = undefined;
      throw this.#away(cause);
    }
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw this.#away(cause);
    }
  }

  #away(cause: unknown): ObjectStoreError {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const why = reason instanceof Error ? reason.message : String(reason);
    return new ObjectStoreError(`${this.#name} does not answer: ${why}`, { cause });
  }

  async #connect(): Promise<AwsClient> {
    const { region, credentials } = this.#options;
    return new AwsClient({ ...(await credentials()), region, service: 's3', retries: 0 });
  }

  #urlOf(key: string, query: Readonly<Record<string, string>>): string {
    const { endpoint, bucket, prefix, pathStyle } = this.#options;
    const url = new URL(endpoint);
    const path = key === '' ? '' : prefix + key;
    if (pathStyle) url.pathname = `/${bucket}/${path}`;
    else {
      url.hostname = `${bucket}.${url.hostname}`;
      url.pathname = `/${path}`;
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }
}

const EMPTY_SHA256 = createHash('sha256').digest('hex');
