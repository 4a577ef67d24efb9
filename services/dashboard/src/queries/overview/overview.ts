import type { Overview } from '../../api/overview-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import type { Choice } from '../../live/selection.ts';
import { shiftDay } from '../../time/business-day.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { readCustomers } from './customers.ts';
import { readLiveVsBatch } from './live-vs-batch.ts';
import { readRetail } from './retail.ts';
import { chooseSource, mainCurrency, readSources } from './sources.ts';
import { readWeek } from './week.ts';

/** Everything on the Overview page, of one publication. */
export async function readOverview(edition: Edition, choice: Choice): Promise<Omit<Overview, keyof ReportHead>> {
  const sources = await readSources(edition);
  const source = choice.source ?? chooseSource(sources);
  const to = choice.date ?? shiftDay(edition.publication.asOf, -1);
  const currency = choice.currency ?? (await mainCurrency(edition, source, to));
  const [week, customers, retail, liveVsBatch] = await Promise.all([
    readWeek(edition, { source, currency, to }),
    readCustomers(edition, source),
    readRetail(edition),
    readLiveVsBatch(edition, source, currency),
  ]);
  return { source, currency, sources, ...week, ...customers, retail, liveVsBatch };
}
