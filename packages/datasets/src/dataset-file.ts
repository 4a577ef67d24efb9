import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DatasetError } from './errors.ts';

/** Path of a file under `data/`; raises UNKNOWN_DATASET where the checkout lacks it. */
export function datasetFile(name: string): string {
  const path = fileURLToPath(new URL(`../data/${name}`, import.meta.url));
  if (existsSync(path)) return path;
  throw new DatasetError(
    'UNKNOWN_DATASET',
    `data set ${JSON.stringify(name)} is not at ${path}; restore packages/datasets/data from the repository`,
  );
}
