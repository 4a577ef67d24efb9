import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatClock } from '../format.ts';
import type { ChartData } from './chart-types.ts';

/** The chart's numbers, newest first; rows exist only while it is open, a closed table costs nothing. */
export function ChartTable({ title, data }: { title: string; data: ChartData }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Show as table<span class="hidden">: {title}</span>
      </summary>
      {isOpen ? <Rows data={data} title={title} /> : null}
    </details>
  );
}

function Rows({ title, data }: { title: string; data: ChartData }): JSX.Element {
  const newestFirst = data.minutes.map((_, index) => data.minutes.length - 1 - index);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={`${title}, table`}>
      <table class="num">
        <thead>
          <tr>
            <th scope="col">Minute</th>
            {data.series.map((series) => (
              <th scope="col" key={series.label}>
                {series.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newestFirst.map((index) => {
            const minute = data.minutes[index] ?? 0;
            return (
              <tr key={minute}>
                <td>{formatClock(minute * 1000, data.timezone, { seconds: false })}</td>
                {data.series.map((series) => (
                  <td key={series.label}>{series.text(minute, index)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
