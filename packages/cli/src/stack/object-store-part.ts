import { OBJECT_STORE_BUCKET, startObjectStore } from '@ebb/local-stack';
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

/** What a service of the stack finds the files by. */
export function objectStoreEnvironment(context: PartContext, part: PartName): Record<string, string> {
  const { accessKey, secretKey } = context.secrets.objectStore;
  return {
    EBB_OBJECT_STORE_URL: `http://127.0.0.1:${serverPort(context, part, 'objectStore')}`,
    EBB_OBJECT_STORE_ACCESS_KEY: accessKey,
    EBB_OBJECT_STORE_SECRET_KEY: secretKey,
    EBB_OBJECT_STORE_BUCKET: OBJECT_STORE_BUCKET,
  };
}
