import { LoaderError } from './errors.ts';
import type { Loader, LoadRequest } from './load/loader.ts';
import { mergeReports, type PassReport } from './load/pass-report.ts';
import type { FileSource } from './source/file-source.ts';

/** What a job that loads files answers. */
export interface LoadResult extends Record<string, unknown> {
  files: number;
  rows: number;
  rejected: number;
  quarantined_files: number;
  /** Last day of the retailer's files that is loaded. */
  last_day: string | null;
}

/** Loads everything that is new now, in every source; raises FILES_OPEN where something could not be loaded. */
export async function loadSources(
  loader: Loader,
  sources: readonly FileSource[],
  request: Omit<LoadRequest, 'source'>,
): Promise<PassReport> {
  const [first, ...others] = sources;
  if (first === undefined) {
    throw new LoaderError('NO_SOURCE', 'no files to look for: set EBB_OBJECT_STORE_URL or EBB_LOADER_FOLDER');
  }
  let report = await loader.loadAll({ ...request, source: first });
  for (const source of others) {
    const next = await loader.loadAll({ ...request, source });
    report = {
      ...mergeReports(report, next),
      found: report.found + next.found,
      waiting: [...report.waiting, ...next.waiting],
      failed: [...report.failed, ...next.failed],
    };
  }
  return report;
}

export function loadResult(report: PassReport): LoadResult {
  return {
    files: report.loaded.length,
    rows: report.loaded.reduce((sum, { rows }) => sum + rows, 0),
    rejected: report.loaded.reduce((sum, { rejected }) => sum + rejected, 0),
    quarantined_files: report.quarantined.length,
    last_day: report.lastDay,
  };
}

/** Raises FILES_OPEN for files that are neither loaded nor refused: a caller must not go on as if all were there. */
export function refuseOpen(report: PassReport): void {
  const open = [...report.failed, ...report.waiting];
  if (open.length === 0) return;
  const shown = open.slice(0, 5).map(({ name, message }) => `${name}: ${message}`);
  const more = open.length > shown.length ? ` and ${open.length - shown.length} more` : '';
  throw new LoaderError('FILES_OPEN', `${open.length} files could not be loaded: ${shown.join('; ')}${more}`);
}
