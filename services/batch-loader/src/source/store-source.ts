import type { Readable } from 'node:stream';
import type { ObjectStore, StoredObject } from '@ebb/object-store';
import type { FileSource, FoundFile } from './file-source.ts';

/** A bucket. An object appears when its last byte has arrived, and never in part. */
export class StoreSource implements FileSource {
  readonly id: string;
  readonly isAtomic = true;
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.id = `store:${store.bucket}`;
  }

  async *list(prefix = ''): AsyncIterable<FoundFile> {
    for await (const object of this.#store.list(prefix)) yield found(object);
  }

  read({ key }: FoundFile): Promise<Readable> {
    return this.#store.get(key);
  }

  async look(key: string): Promise<FoundFile | null> {
    const object = await this.#store.stat(key);
    return object === null ? null : found(object);
  }
}

function found({ key, size, etag, lastModified }: StoredObject): FoundFile {
  // Some servers know no ETag of files that were restored from a backup.
  const version = etag === '' ? `${size}-${lastModified.getTime()}` : etag;
  return { key, bytes: size, version, modifiedAtMs: lastModified.getTime() };
}
