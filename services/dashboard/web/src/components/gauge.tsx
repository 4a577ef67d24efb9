import type { ComponentChildren, JSX } from 'preact';

const RADIUS = 92;
const LENGTH = Math.PI * RADIUS;
const ARC = `M ${110 - RADIUS} 112 A ${RADIUS} ${RADIUS} 0 0 1 ${110 + RADIUS} 112`;

/** A half-circle meter; `value` beyond `full` fills it. The numbers beside it say the same, so it is hidden from readers. */
export function Gauge(props: { value: number; full: number; text: string; children: ComponentChildren }): JSX.Element {
  const share = props.full > 0 ? Math.min(1, props.value / props.full) : 0;
  return (
    <div class="gauge">
      <svg viewBox="0 0 220 124" aria-hidden="true">
        <path class="track" d={ARC} fill="none" stroke-width="15" stroke-linecap="round" />
        {share > 0 ? (
          <path
            class="level"
            d={ARC}
            fill="none"
            stroke-width="15"
            stroke-linecap="round"
            stroke-dasharray={`${(LENGTH * share).toFixed(1)} ${LENGTH.toFixed(1)}`}
          />
        ) : null}
      </svg>
      <p class="gauge-value num" data-value>
        {props.text}
      </p>
      <p class="gauge-note num">{props.children}</p>
    </div>
  );
}
