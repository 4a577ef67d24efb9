import type { Dataset } from './dataset.ts';

const FOLDER = /^documents\/([^/]+)\/./;

/** Files of any shape, `documents/<collection>/…`: each row is one JSON object. */
export const documents: Dataset = {
  name: 'documents',
  table: 'raw.documents',
  isDocuments: true,
  claim: (key) => {
    const collection = FOLDER.exec(key)?.[1];
    return collection === undefined ? null : { name: key, collection };
  },
};
