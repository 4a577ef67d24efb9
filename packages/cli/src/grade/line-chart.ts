/** Points in the order they are joined. */
export interface ChartSeries {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Dashed: what was foretold, or what would be ideal. */
  readonly isDashed?: boolean;
}

export interface LineChart {
  /** Names the file too, so it differs between the charts of a report. */
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly ChartSeries[];
}

interface Range {
  readonly low: number;
  readonly high: number;
}

interface Frame {
  readonly x: Range;
  readonly y: Range;
}

const [WIDTH, HEIGHT] = [640, 380];
const EDGE = { left: 70, right: 20, top: 64, bottom: 52 };
/** Told apart with deficient colour vision too (Okabe & Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const TICKS = 5;

/** A chart as an SVG file of its own, on white. */
export function lineChartSvg(chart: LineChart): string {
  const frame = frameOf(chart);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(chart.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${EDGE.left}" y="22" font-size="15" fill="#111">${escaped(chart.title)}</text>`,
    ...legend(chart),
    ...axes(chart, frame),
    ...chart.series.map((series, index) => line(series, colourOf(index), frame)),
    '</svg>',
    '',
  ].join('\n');
}

function frameOf({ series }: LineChart): Frame {
  const points = series.flatMap((one) => one.points);
  return { x: rangeOf(points.map(([x]) => x)), y: rangeOf([0, ...points.map(([, y]) => y)]) };
}

function rangeOf(values: readonly number[]): Range {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return high > low ? { low, high } : { low: finite.length === 0 ? 0 : low, high: (finite.length === 0 ? 0 : low) + 1 };
}

function axes({ xLabel, yLabel }: LineChart, frame: Frame): string[] {
  const [bottom, right] = [HEIGHT - EDGE.bottom, WIDTH - EDGE.right];
  const middle = (EDGE.top + bottom) / 2;
  return [
    ...ticksOf(frame.y).flatMap((value) => {
      const y = yAt(value, frame);
      return [
        `<line x1="${EDGE.left}" y1="${y}" x2="${right}" y2="${y}" stroke="#ddd"/>`,
        `<text x="${EDGE.left - 8}" y="${y}" dy="4" text-anchor="end" fill="#444">${tickText(value)}</text>`,
      ];
    }),
    ...ticksOf(frame.x).map(
      (value) =>
        `<text x="${xAt(value, frame)}" y="${bottom + 18}" text-anchor="middle" fill="#444">${tickText(value)}</text>`,
    ),
    `<line x1="${EDGE.left}" y1="${bottom}" x2="${right}" y2="${bottom}" stroke="#444"/>`,
    `<text x="${(EDGE.left + right) / 2}" y="${HEIGHT - 12}" text-anchor="middle" fill="#111">${escaped(xLabel)}</text>`,
    `<text x="16" y="${middle}" text-anchor="middle" fill="#111" transform="rotate(-90 16 ${middle})">${escaped(yLabel)}</text>`,
  ];
}

function legend({ series }: LineChart): string[] {
  const width = (WIDTH - EDGE.left - EDGE.right) / Math.max(1, series.length);
  return series.flatMap(({ name, isDashed }, index) => {
    const x = EDGE.left + index * width;
    return [
      `<line x1="${x}" y1="42" x2="${x + 22}" y2="42" stroke="${colourOf(index)}" stroke-width="2"${dashes(isDashed)}/>`,
      `<text x="${x + 28}" y="46" fill="#111">${escaped(name)}</text>`,
    ];
  });
}

function line({ points, isDashed }: ChartSeries, colour: string, frame: Frame): string {
  const drawn = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const places = drawn.map(([x, y]) => `${xAt(x, frame)},${yAt(y, frame)}`).join(' ');
  return `<polyline points="${places}" fill="none" stroke="${colour}" stroke-width="2"${dashes(isDashed)}/>`;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000';
}

function dashes(isDashed = false): string {
  return isDashed ? ' stroke-dasharray="6 4"' : '';
}

/** Round values (1, 2 or 5 times a power of ten apart) within the range. */
function ticksOf({ low, high }: Range): number[] {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function xAt(value: number, { x }: Frame): string {
  return (EDGE.left + ((value - x.low) / (x.high - x.low)) * (WIDTH - EDGE.left - EDGE.right)).toFixed(1);
}

function yAt(value: number, { y }: Frame): string {
  const height = HEIGHT - EDGE.top - EDGE.bottom;
  return (HEIGHT - EDGE.bottom - ((value - y.low) / (y.high - y.low)) * height).toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
