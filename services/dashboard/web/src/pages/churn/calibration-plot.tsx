import type { JSX } from 'preact';
import type { CalibrationBin } from '../../api-types.ts';
import { calibrationWords } from './calibration.ts';

const SIZE = 300;
const MARGIN = 34;
const SPAN = SIZE - 2 * MARGIN;
const TICKS = [0, 0.5, 1];

const across = (share: number): number => MARGIN + SPAN * share;
const up = (share: number): number => SIZE - MARGIN - SPAN * share;

/** Promised against observed: on the line every promise is kept. The table beside it has the figures. */
export function CalibrationPlot({ bins }: { bins: readonly CalibrationBin[] }): JSX.Element {
  return (
    <svg class="calibration" viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={calibrationWords(bins)}>
      <line class="ideal" x1={across(0)} y1={up(0)} x2={across(1)} y2={up(1)} />
      {TICKS.map((share) => (
        <g key={share}>
          <text x={across(share)} y={SIZE - MARGIN + 16} text-anchor="middle">
            {share * 100}%
          </text>
          <text x={MARGIN - 6} y={up(share) + 4} text-anchor="end">
            {share * 100}%
          </text>
        </g>
      ))}
      <text x={across(0.5)} y={SIZE - 2} text-anchor="middle">
        promised
      </text>
      {bins.map(({ bin, predicted, observed, low, high }) => (
        <g key={bin}>
          <line class="interval" x1={across(predicted)} x2={across(predicted)} y1={up(low)} y2={up(high)} />
          <circle cx={across(predicted)} cy={up(observed)} r="4" />
        </g>
      ))}
    </svg>
  );
}
