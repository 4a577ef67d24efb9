import { Readable } from 'node:stream';
import { Client } from 'minio';
import { z } from 'zod';
import { inPieces, PART_BYTES, withErrorsOf } from './content-streams.ts';
import { fromDriver } from './driver-error.ts';
import { ObjectStoreError } from './errors.ts';
import { putInParts } from './multipart.ts';
import { checkKey } from './object-key.ts';
import { timedTransport } from './timed-transport.ts';

export interface ObjectStoreOptions {
  /** `http(s)://host:port` of an S3 server. */
  url: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
  /** Default `us-east-1`, which servers of one's own take. */
  region?: string;
  /** Longest silence on a connection; default 30,000. */
  idleTimeoutMs?: number;
}

/** The settings that name an S3 server, as `objectStoreOptions` of `@ebb/config` reads them. */
export interface ObjectStoreSettings {
  readonly objectStoreUrl: string;
  readonly objectStoreAccessKey: string;
  readonly objectStoreSecretKey: string;
  readonly objectStoreBucket: string;
  readonly objectStoreRegion: string;
}

export function objectStoreOptionsFrom(settings: ObjectStoreSettings): ObjectStoreOptions {
  return {
    url: settings.objectStoreUrl,
    accessKey: settings.objectStoreAccessKey,
    secretKey: settings.objectStoreSecretKey,
    bucket: settings.objectStoreBucket,
    region: settings.objectStoreRegion,
  };
}

export interface StoredObject {
  key: string;
  /** Bytes. */
  size: number;
  /**
   * Without quotes; the MD5 in hex of what was stored in one piece, that of its parts (with a `-`) of large uploads. Empty
   * where the server lost it, as when its files were copied without their attributes.
   */
  etag: string;
  lastModified: Date;
}

export interface PutOptions {
  /** Of a stream: what was promised and did not come makes the upload fail instead of a shorter object. */
  size?: number;
  contentType?: string;
}

/** One bucket of an S3 server. Everything it raises is an ObjectStoreError. */
export interface ObjectStore {
  readonly bucket: string;
  /** Objects whose key begins so, in the order of their keys, page by page: a bucket need not fit in memory. */
  list(prefix?: string): AsyncIterable<StoredObject>;
  /** The content; a connection that breaks ends the stream with an error, never with fewer bytes. */
  get(key: string): Promise<Readable>;
  /** Stores or replaces; readers see the old object or the whole new one. Returns its ETag. */
  put(key: string, body: Buffer | Readable, options?: PutOptions): Promise<string>;
  /** Null when it is not there. */
  stat(key: string): Promise<StoredObject | null>;
  /** Also well when it is not there. */
  remove(key: string): Promise<void>;
  /** Makes the bucket unless it is there. True when it made it. */
  ensureBucket(): Promise<boolean>;
}

const DEFAULT_REGION = 'us-east-1';
const DEFAULT_IDLE_MS = 30_000;

/** What a listing holds of one object; prefixes do not occur in a recursive one. */
const listedObject = z.object({
  name: z.string(),
  size: z.number(),
  etag: z.string(),
  lastModified: z.coerce.date(),
});

export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const url = checkedUrl(options.url);
  const secure = url.protocol === 'https:';
  const client = new Client({
    endPoint: url.hostname,
    port: Number(url.port) || (secure ? 443 : 80),
    useSSL: secure,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    region: options.region ?? DEFAULT_REGION,
    pathStyle: true,
    partSize: PART_BYTES,
    transport: timedTransport(secure, options.idleTimeoutMs ?? DEFAULT_IDLE_MS),
    // Repeating is the caller's decision, and the driver would write to the console.
    retryOptions: { disableRetry: true },
  });
  return new MinioObjectStore(client, options.bucket, options.region ?? DEFAULT_REGION);
}

class MinioObjectStore implements ObjectStore {
  readonly bucket: string;
  readonly #client: Client;
  readonly #region: string;

  constructor(client: Client, bucket: string, region: string) {
    this.#client = client;
    this.bucket = bucket;
    this.#region = region;
  }

  async *list(prefix = ''): AsyncIterable<StoredObject> {
    try {
      for await (const item of this.#client.listObjectsV2(this.bucket, prefix, true)) {
        const { name, ...rest } = listedObject.parse(item);
        yield { key: name, ...rest };
      }
    } catch (error) {
      throw fromDriver(error, `listing ${this.bucket}/${prefix}`);
    }
  }

  async get(key: string): Promise<Readable> {
    const what = `reading ${this.bucket}/${key}`;
    try {
      return withErrorsOf(await this.#client.getObject(this.bucket, key), (error) => fromDriver(error, what));
    } catch (error) {
      throw fromDriver(error, what);
    }
  }

  async put(key: string, body: Buffer | Readable, options: PutOptions = {}): Promise<string> {
    checkKey(key);
    const headers = { 'content-type': options.contentType ?? 'application/octet-stream' };
    try {
      const pieces = inPieces(Buffer.isBuffer(body) ? Readable.from([body]) : body, PART_BYTES, options.size);
      const { value: first = Buffer.alloc(0) } = await pieces.next();
      if (first.length === PART_BYTES) {
        return await putInParts(this.#client, { bucket: this.bucket, key, headers }, before(first, pieces));
      }
      const { etag } = await this.#client.putObject(this.bucket, key, first, first.length, headers);
      return etag;
    } catch (error) {
      throw fromDriver(error, `storing ${this.bucket}/${key}`);
    }
  }

  async stat(key: string): Promise<StoredObject | null> {
    try {
      const { size, etag, lastModified } = await this.#client.statObject(this.bucket, key);
      return { key, size, etag, lastModified };
    } catch (error) {
      const known = fromDriver(error, `looking for ${this.bucket}/${key}`);
      if (known.code === 'NO_SUCH_KEY') return null;
      throw known;
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await this.#client.removeObject(this.bucket, key);
    } catch (error) {
      const known = fromDriver(error, `removing ${this.bucket}/${key}`);
      if (known.code !== 'NO_SUCH_KEY') throw known;
    }
  }

  async ensureBucket(): Promise<boolean> {
    try {
      if (await this.#client.bucketExists(this.bucket)) return false;
      await this.#client.makeBucket(this.bucket, this.#region);
      return true;
    } catch (error) {
      // Two that start at once both find nothing.
      if (error instanceof Error && 'code' in error && error.code === 'BucketAlreadyOwnedByYou') return false;
      throw fromDriver(error, `making bucket ${this.bucket}`);
    }
  }
}

async function* before(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.username === '') return url;
  throw new ObjectStoreError(
    'BAD_URL',
    'the address of the object store must look like http://host:9000; its login goes in settings of its own',
  );
}
