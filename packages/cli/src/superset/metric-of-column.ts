import type { SupersetMetric } from '@ebb/contracts';

interface ColumnMetric {
  name: string;
  title: string;
  sql: string;
  description: string;
  /** As d3 writes it; default: a whole number. */
  format?: string;
}

/** A figure that a row of a mart holds already, or a count of its rows; what needs a definition is in the metric dictionary. */
export function metricOfColumn({ name, title, sql, description, format = ',d' }: ColumnMetric): SupersetMetric {
  return { metric_name: name, verbose_name: title, expression: sql, description, d3format: format };
}
