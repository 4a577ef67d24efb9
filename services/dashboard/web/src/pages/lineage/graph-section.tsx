import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { LineageReport } from '../../api-types.ts';
import { sideways } from '../../graph/geometry.ts';
import { GraphView } from '../../graph/graph-view.tsx';
import type { SearchChange } from '../../report/use-search.ts';
import { KINDS, type LineageChoice, shownOf } from './lineage-choice.ts';

const LEGEND = [
  ['service', 'service'],
  ['landing', 'topic, file or landed table'],
  ['model', 'table, view or seed of dbt'],
  ['reader', 'page or application'],
] as const;

export function GraphSection(props: {
  lineage: LineageReport;
  choice: LineageChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { lineage, choice, change } = props;
  const { node, isOnly } = choice;
  const shown = useMemo(() => shownOf(lineage, choice), [lineage, node, isOnly]);
  const drawn = useMemo(
    () =>
      shown.nodes.map(({ id, name, type }) => ({
        id,
        label: name,
        title: `${name}, ${KINDS[type].word}`,
        look: KINDS[type].look,
      })),
    [shown],
  );
  return (
    <section class="section wide-only" aria-labelledby="graph-title">
      <div class="section-head">
        <h2 id="graph-title">From left to right</h2>
        <p>Choose a node by click, or by arrow keys and Enter. The list below has the same.</p>
      </div>
      <div class="card">
        <div class="table-tools">
          <p class="readout">
            {LEGEND.map(([look, text]) => (
              <span key={look} class={`dot node-${look}`}>
                {text}
              </span>
            ))}
          </p>
          <label class="check">
            <input
              type="checkbox"
              checked={isOnly}
              disabled={node === null}
              onChange={(event) => change({ only: event.currentTarget.checked ? '1' : null, page: null })}
            />
            Only what belongs to the chosen node
          </label>
        </div>
        <GraphView
          id="lineage"
          label="Lineage"
          nodes={drawn}
          edges={shown.edges}
          layout={sideways}
          selected={node}
          onSelect={(id) => change({ node: id === node ? null : id })}
        />
      </div>
    </section>
  );
}
