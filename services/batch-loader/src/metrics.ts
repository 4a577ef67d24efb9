import type { Metrics } from '@ebb/runtime';
import type { PassReport } from './load/pass-report.ts';

export interface LoaderMetrics {
  pass(source: string, report: PassReport, seconds: number): void;
  failed(source: string): void;
}

export function createLoaderMetrics(metrics: Metrics): LoaderMetrics {
  const files = metrics.counter('files_total', 'Files decided on so far', ['result']);
  const rows = metrics.counter('rows_total', 'Rows loaded so far', ['dataset']);
  const rejected = metrics.counter('rejected_rows_total', 'Rows quarantined so far', ['dataset']);
  const waiting = metrics.gauge('waiting_files', 'Files that are still being written, or seem so', ['source']);
  const looks = metrics.counter('looks_total', 'Looks at a source so far', ['source', 'result']);
  const seconds = metrics.gauge('look_seconds', 'What the last look took', ['source']);
  const finished = metrics.gauge('last_look_timestamp_seconds', 'When the last look ended', ['source']);
  return {
    pass: (source, report, took) => {
      looks.inc({ source, result: 'done' });
      seconds.set({ source }, took);
      finished.set({ source }, Date.now() / 1000);
      waiting.set({ source }, report.waiting.length);
      files.inc({ result: 'loaded' }, report.loaded.length);
      files.inc({ result: 'duplicate' }, report.duplicates.length);
      files.inc({ result: 'quarantined' }, report.quarantined.length);
      files.inc({ result: 'failed' }, report.failed.length);
      for (const file of report.loaded) {
        rows.inc({ dataset: file.dataset }, file.rows);
        rejected.inc({ dataset: file.dataset }, file.rejected);
      }
    },
    failed: (source) => looks.inc({ source, result: 'failed' }),
  };
}
