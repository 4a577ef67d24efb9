import type { JSX } from 'preact';
import type { Bin, SegmentDistributions } from '../../api-types.ts';
import { BarList } from '../../components/bar-list.tsx';
import { formatCount } from '../../format.ts';
import { shareOf } from '../../report/metric-text.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { changed } from '../../report/use-search.ts';
import { amountBinText, wholeBinText } from './bin-text.ts';

/** How recency, frequency and value are spread over the customers of a segment, or over all. */
export function DistributionsSection(props: { segment: string | null; currency: string | null }): JSX.Element {
  const { segment, currency } = props;
  const report = useReport<SegmentDistributions>(`/api/segments/distributions${changed('', { segment })}`);
  return (
    <section class="section" aria-labelledby="distributions-title">
      <div class="section-head">
        <h2 id="distributions-title">Distributions</h2>
        <p>{segment === null ? 'All customers' : `Customers of ${segment}`}</p>
      </div>
      <Part report={report}>
        {(bins) => (
          <div class="thirds">
            <Distribution id="recency" title="Days since purchase" bins={bins.recency} text={wholeBinText} />
            <Distribution id="frequency" title="Invoices" bins={bins.frequency} text={wholeBinText} />
            <Distribution
              id="monetary"
              title={currency === null ? 'Revenue, gross' : `Revenue, gross, in ${currency}`}
              bins={bins.monetary}
              text={amountBinText}
            />
          </div>
        )}
      </Part>
    </section>
  );
}

function Distribution(props: {
  id: string;
  title: string;
  bins: readonly Bin[];
  text: (bin: Bin) => string;
}): JSX.Element {
  const { id, title, bins, text } = props;
  const total = bins.reduce((sum, { customers }) => sum + customers, 0);
  return (
    <div class="card">
      <h3>{title}</h3>
      {total === 0 ? <p class="lead">Nobody is in this segment.</p> : null}
      <BarList
        id={`bins-${id}`}
        label={`Customers by ${title.toLowerCase()}`}
        bars={bins.map((bin) => ({
          label: text(bin),
          value: bin.customers,
          text: formatCount(bin.customers),
          note: shareOf(bin.customers, total),
        }))}
      />
    </div>
  );
}
