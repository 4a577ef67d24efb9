import type { Claim, Dataset, FileFormat } from './dataset.ts';
import { customerProfiles } from './customer-profiles.ts';
import { documents } from './documents.ts';
import { retailTransactions } from './retail-transactions.ts';

/** In the order they are asked; a file belongs to the first that claims it. */
export const DATASETS: readonly Dataset[] = [retailTransactions, customerProfiles, documents];

const FORMATS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
};
/** Names that programs write under until a file is whole, and files that are not for us. */
const UNFINISHED = /^[._~]|[~#]$|\.(tmp|temp|part|partial|crdownload|filepart|swp|new)$/i;
const DAY = /(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)/g;

/** Whether the file is somebody's unfinished work: it will come under its final name. */
export function isUnfinished(key: string): boolean {
  return key.split('/').some((segment) => UNFINISHED.test(segment));
}

/** What the file is; null when no data set wants it. */
export function claimOf(key: string): Claim | null {
  if (isUnfinished(key)) return null;
  const isGzipped = key.endsWith('.gz');
  const plain = isGzipped ? key.slice(0, -'.gz'.length) : key;
  const format = FORMATS[plain.slice(plain.lastIndexOf('.') + 1).toLowerCase()];
  if (format === undefined || (isGzipped && format === 'parquet')) return null;
  for (const dataset of DATASETS) {
    const claim = accepts(dataset, format) ? dataset.claim(key) : null;
    if (claim === null) continue;
    return { dataset, format, isGzipped, name: claim.name, collection: claim.collection ?? null, day: dayIn(key) };
  }
  return null;
}

function accepts(dataset: Dataset, format: FileFormat): boolean {
  if (dataset.isDocuments === true) return format !== 'parquet';
  return format === 'parquet' ? dataset.parquet !== undefined : format === 'csv' && dataset.csv !== undefined;
}

/** The last day in the key: the file's own name counts more than its folders. */
function dayIn(key: string): string | null {
  const days = [...key.matchAll(DAY)].map((match) => match[1] ?? '');
  return days.findLast((day) => isDay(day)) ?? null;
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
