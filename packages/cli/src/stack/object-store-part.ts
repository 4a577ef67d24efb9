import { OBJECT_STORE_BUCKET, startObjectStore } from '@ebb/local-stack';
import type { ObjectStoreOptions } from '@ebb/object-store';
import { logFileOf } from './home.ts';
import { serverPort } from './links.ts';
import type { Part, PartContext, PartName } from './part.ts';

export const objectStore: Part = {
  name: 'object-store',
  level: 'server',
  port: 'objectStore',
  start: ({ home, secrets, signal, progress }, port) =>
    startObjectStore({
      dataDir: home.objects,
      port,
      login: secrets.objectStore,
      logFile: logFileOf(home, 'object-store'),
      owner: home.root,
      onProgress: progress,
      signal,
    }),
};

/** How a part of the stack reaches the files. */
export function objectStoreOf(context: PartContext, part: PartName): ObjectStoreOptions {
  const url = `http://127.0.0.1:${serverPort(context, part, 'objectStore')}`;
  return { url, ...context.secrets.objectStore, bucket: OBJECT_STORE_BUCKET };
}

/** The same as settings of a service. */
export function objectStoreEnvironment(context: PartContext, part: PartName): Record<string, string> {
  const { url, accessKey, secretKey, bucket } = objectStoreOf(context, part);
  return {
    EBB_OBJECT_STORE_URL: url,
    EBB_OBJECT_STORE_ACCESS_KEY: accessKey,
    EBB_OBJECT_STORE_SECRET_KEY: secretKey,
    EBB_OBJECT_STORE_BUCKET: bucket,
  };
}
