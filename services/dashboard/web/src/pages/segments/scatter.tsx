import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Segment, SegmentPoints } from '../../api-types.ts';
import type { Turn } from '../../charts/projection.ts';
import { formatCount } from '../../format.ts';
import { useReport } from '../../report/use-report.ts';
import { onThemeChange } from '../../theme.ts';
import { type Cloud, cloudOf, drawScatter } from './draw-scatter.ts';

/** Colours by what customers do; how much they are worth is the upright axis. */
const ENGAGEMENTS: Readonly<Record<string, string>> = {
  'Active & Engaged': '--series-1',
  'At Risk': '--series-2',
  Developing: '--series-3',
  Inactive: '--series-muted',
};
const FROM_THE_CORNER: Turn = { turn: 32, tilt: 18 };

/** Every customer by recency, frequency and value; can be turned by dragging and by two sliders. */
export function Scatter({ segments, chosen }: { segments: readonly Segment[]; chosen: string | null }): JSX.Element {
  const { data, failure } = useReport<SegmentPoints>('/api/segments/points');
  return (
    <figure class="card scatter" data-scatter>
      <figcaption class="chart-head">
        <h3>Recency, frequency and value</h3>
        <div class="readout">
          {Object.entries(ENGAGEMENTS).map(([name, colour]) => (
            <span key={name} class={`dot ${colour.slice(2)}`}>
              {name}
            </span>
          ))}
        </div>
      </figcaption>
      {failure === null ? null : <p class="lead">{failure.message}</p>}
      {data === null ? <div class="scatter-plot" /> : <Turnable points={data} segments={segments} chosen={chosen} />}
    </figure>
  );
}

function Turnable(props: { points: SegmentPoints; segments: readonly Segment[]; chosen: string | null }): JSX.Element {
  const { points, segments, chosen } = props;
  const [turn, setTurn] = useState(FROM_THE_CORNER);
  const cloud = useMemo(() => {
    const engagement = new Map(segments.map((segment) => [segment.segment, segment.engagement]));
    return cloudOf(points, (name) => ENGAGEMENTS[engagement.get(name) ?? ''] ?? '--series-muted', chosen);
  }, [points, segments, chosen]);
  const shown = points.recency.length;
  const sample = shown < points.total ? `, ${formatCount(shown)} of them drawn` : '';
  const label = `${formatCount(points.total)} customers${sample}, by days since purchase, invoices and value${chosen === null ? '' : `; ${chosen} stands out`}`;
  return (
    <>
      <Canvas cloud={cloud} turn={turn} onTurn={setTurn} label={label} />
      <div class="chart-foot">
        <p>{label}. The table below has their figures.</p>
        <Angle
          name="Turn"
          value={turn.turn}
          range={[-180, 180]}
          onChange={(value) => setTurn({ ...turn, turn: value })}
        />
        <Angle name="Tilt" value={turn.tilt} range={[0, 90]} onChange={(value) => setTurn({ ...turn, tilt: value })} />
      </div>
    </>
  );
}

function Angle(props: {
  name: string;
  value: number;
  range: readonly [number, number];
  onChange: (value: number) => void;
}): JSX.Element {
  return (
    <label class="angle">
      {props.name}
      <input
        type="range"
        min={props.range[0]}
        max={props.range[1]}
        value={Math.round(props.value)}
        onInput={(event) => props.onChange(Number(event.currentTarget.value))}
      />
    </label>
  );
}

const DEGREES_A_PIXEL = 0.4;

function Canvas(props: { cloud: Cloud; turn: Turn; onTurn: (turn: Turn) => void; label: string }): JSX.Element {
  const { cloud, turn, onTurn, label } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef({ cloud, turn });
  latest.current = { cloud, turn };
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = (): void => paint(element, latest.current.cloud, latest.current.turn);
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    const stop = onThemeChange(draw);
    void document.fonts.ready.then(draw);
    return () => {
      observer.disconnect();
      stop();
    };
  }, []);
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, cloud, turn);
  }, [cloud, turn]);
  const onPointerMove = (event: PointerEvent): void => {
    if ((event.buttons & 1) === 0) return;
    const tilt = Math.max(0, Math.min(90, turn.tilt + event.movementY * DEGREES_A_PIXEL));
    onTurn({ turn: wrapped(turn.turn + event.movementX * DEGREES_A_PIXEL), tilt });
  };
  return (
    <canvas
      ref={canvas}
      class="scatter-plot"
      role="img"
      aria-label={label}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  );
}

function paint(element: HTMLCanvasElement, cloud: Cloud, turn: Turn): void {
  const context = element.getContext('2d');
  const size = { width: element.clientWidth, height: element.clientHeight };
  if (context === null || size.width === 0) return;
  const scale = window.devicePixelRatio || 1;
  element.width = Math.round(size.width * scale);
  element.height = Math.round(size.height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  drawScatter(context, cloud, turn, size);
}

function wrapped(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}
