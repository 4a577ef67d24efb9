export { isObjectStoreTransient, ObjectStoreError, type ObjectStoreErrorCode } from './errors.ts';
export { checkKey } from './object-key.ts';
export {
  createObjectStore,
  type ObjectStore,
  type ObjectStoreOptions,
  type PutOptions,
  type StoredObject,
} from './object-store.ts';
