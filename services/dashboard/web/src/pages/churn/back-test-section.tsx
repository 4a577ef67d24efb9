import type { JSX } from 'preact';
import type { BackTest, CalibrationBin, Churn, Lift } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import type { Definition } from '../../components/term.tsx';
import { Tile } from '../../components/tile.tsx';
import { formatCount, formatDate, formatPercent } from '../../format.ts';
import { CalibrationPlot } from './calibration-plot.tsx';
import { calibrationWords } from './calibration.ts';

const TERMS = {
  rocAuc: {
    title: 'ROC AUC',
    tooltip: '0.5 is a coin, 1 is never wrong. Beside it the best single feature alone.',
    formula: 'share of pairs (one who churned, one who stayed) whose scores are in the right order',
  },
  prAuc: {
    title: 'PR AUC',
    tooltip: 'To be compared with the share who churned, which a coin would reach.',
    formula: 'average precision over all thresholds',
  },
  brier: {
    title: 'Brier score',
    tooltip: 'Smaller is better; it falls with calibration and with sharpness.',
    formula: 'mean of (score − outcome)²',
  },
  ece: {
    title: 'Calibration error',
    tooltip: 'How far promised and observed shares differ on average.',
    formula: 'mean over ten bins of equal width of |promised − observed|, weighted by customers',
  },
  churned: {
    title: 'Churned in the test',
    tooltip: 'Of customers whom the tested model had not seen churn.',
    formula: 'customers who churned / customers of the back-test',
  },
} as const satisfies Record<string, Definition>;

const BINS: readonly Column<CalibrationBin>[] = [
  { key: 'bin', head: 'Tenth', look: 'short', cell: ({ bin }) => bin },
  { key: 'n', head: 'n', look: 'number', cell: ({ customers }) => formatCount(customers) },
  { key: 'promised', head: 'Promised', look: 'number', cell: ({ predicted }) => formatPercent(predicted) },
  { key: 'observed', head: 'Observed', look: 'number', cell: ({ observed }) => formatPercent(observed) },
  {
    key: 'interval',
    head: '90 % interval',
    look: 'number',
    cell: ({ low, high }) => `${formatPercent(low)} to ${formatPercent(high)}`,
  },
];

const LIFT: readonly Column<Lift>[] = [
  { key: 'share', head: 'Highest scores', look: 'short', cell: ({ share }) => formatPercent(share) },
  { key: 'n', head: 'n', look: 'number', cell: ({ customers }) => formatCount(customers) },
  { key: 'captured', head: 'Of all who churned', look: 'number', cell: ({ captured }) => formatPercent(captured) },
  { key: 'lift', head: 'Times a random choice', look: 'number', cell: ({ lift }) => lift.toFixed(2) },
];

/** How well churn was foretold: an older model on what came after it. */
export function BackTestSection({ churn }: { churn: Churn }): JSX.Element {
  const { backTest, calibration, lift, source } = churn;
  if (backTest === null) {
    return (
      <div class="notice" data-notice="no-scores">
        <h2>No churn scores yet</h2>
        <p>
          No run of churn_scores for {source} is published:{' '}
          <code>npx ebb models run churn_scores --source {source}</code>
        </p>
      </div>
    );
  }
  return (
    <section class="section" aria-labelledby="back-test-title">
      <div class="section-head">
        <h2 id="back-test-title">How well it was foretold</h2>
        <p>Scores as of {formatDate(backTest.asOf)}</p>
      </div>
      <p class="lead">{testWords(backTest)}</p>
      <Figures backTest={backTest} />
      <div class="halves">
        <div class="card">
          <h3>Calibration</h3>
          <p class="lead">{calibrationWords(calibration)}</p>
          <CalibrationPlot bins={calibration} />
        </div>
        <div class="card">
          <DataTable
            id="calibration"
            caption="Calibration"
            columns={BINS}
            rows={calibration}
            rowKey={({ bin }) => `${bin}`}
          />
          <DataTable id="lift" caption="Lift" columns={LIFT} rows={lift} rowKey={({ share }) => `${share}`} />
        </div>
      </div>
    </section>
  );
}

function Figures({ backTest }: { backTest: BackTest }): JSX.Element {
  const { rocAuc, prAuc, brier, ece, customers, churned, baselines } = backTest;
  const [best] = baselines;
  return (
    <ul class="tiles">
      <Tile
        id="roc-auc"
        kpi={TERMS.rocAuc}
        value={rocAuc.toFixed(3)}
        note={best === undefined ? null : `${best.feature.replaceAll('_', ' ')} alone ${best.rocAuc.toFixed(3)}`}
      />
      <Tile id="pr-auc" kpi={TERMS.prAuc} value={prAuc.toFixed(3)} />
      <Tile id="brier" kpi={TERMS.brier} value={brier.toFixed(3)} />
      <Tile id="ece" kpi={TERMS.ece} value={ece.toFixed(3)} />
      <Tile
        id="churned"
        kpi={TERMS.churned}
        value={customers === 0 ? '–' : formatPercent(churned / customers)}
        note={`n = ${formatCount(customers)}`}
      />
    </ul>
  );
}

/** What was tested, and on whom. */
function testWords({ meaning, method, customers, trainingCustomers }: BackTest): string {
  const how =
    method === 'time'
      ? `trained on ${formatCount(trainingCustomers)} customers and tested a horizon later on ${formatCount(customers)}`
      : `tested on ${formatCount(customers)} customers held out in turn, since the data tell no time`;
  return `Churned means: ${meaning}. The model was ${how}.`;
}
