export { contentEtag } from './content-etag.ts';
export { isObjectStoreTransient, ObjectStoreError, type ObjectStoreErrorCode } from './errors.ts';
export { checkKey } from './object-key.ts';
export {
  createObjectStore,
  type ObjectStore,
  type ObjectStoreOptions,
  objectStoreOptionsFrom,
  type ObjectStoreSettings,
  type PutOptions,
  type StoredObject,
} from './object-store.ts';
export {
  DAILY_PREFIX,
  type FileOutcome,
  uploadDays,
  type UploadDaysOptions,
  type UploadDaysResult,
} from './upload-days.ts';
