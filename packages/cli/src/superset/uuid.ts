import { uuidV5 } from '@ebb/core';

const NAMESPACE = '5b0f6a52-6f0e-4d0c-9f0e-6562622d6269';

/** The same for the same name, so that importing again overwrites. */
export function assetUuid(kind: string, name: string): string {
  return uuidV5(NAMESPACE, `${kind}:${name}`);
}
