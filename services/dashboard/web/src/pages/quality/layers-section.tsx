import type { JSX } from 'preact';
import type { Layer } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount } from '../../format.ts';
import { bronzeGap, type LayerRow, layerRows } from './layers.ts';

/** Bronze against silver: what is in the one and not in the other must stand in returns or in quarantine. */
export function LayersSection({ layers }: { layers: readonly Layer[] }): JSX.Element {
  const rows = layerRows(layers);
  const gaps = rows.filter((row) => bronzeGap(row) !== 0);
  const columns: Column<LayerRow>[] = [
    { key: 'what', head: 'Lines', look: 'short', cell: ({ what }) => what.replaceAll('_', ' ') },
    ...layers.map(({ layer }): Column<LayerRow> => ({
      key: layer,
      head: layer,
      look: 'number',
      cell: ({ counts }) => formatCount(counts[layer]),
    })),
  ];
  return (
    <section class="section" aria-labelledby="layers-title">
      <div class="section-head">
        <h2 id="layers-title">Bronze against silver</h2>
      </div>
      <div class="card">
        <p class="lead" data-layers={gaps.length === 0 ? 'whole' : 'gap'}>
          {gaps.length === 0
            ? 'Nothing is lost: in every row bronze is silver, returns and quarantine together.'
            : `Lines are missing or counted twice in: ${gaps.map(({ what }) => what).join(', ')}.`}
        </p>
        <DataTable
          id="layers"
          caption="Lines and defects by layer"
          columns={columns}
          rows={rows}
          rowKey={({ what }) => what}
        />
      </div>
    </section>
  );
}
