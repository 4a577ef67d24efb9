import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { onThemeChange } from '../theme.ts';
import { type ChartData, isDense } from './chart-types.ts';
import { plotData } from './plot-data.ts';
import { plotOptions } from './plot-options.ts';

export interface Plot {
  readonly host: RefObject<HTMLDivElement | null>;
  /** Puts the crosshair on a minute (by index), or away. Charts of the page move together. */
  moveCursor(index: number | null): void;
}

/** Keeps a uPlot in its host: same data as the last render, same width as the host, colours of the theme. */
export function usePlot(data: ChartData, onCursor: (index: number | null) => void): Plot {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(data);
  latest.current = data;
  const theme = useThemeVersion();
  const shape = `${isDense(data)} ${data.series.map((series) => series.shape).join()}`;

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const size = (): { width: number; height: number } => ({
      width: Math.max(120, element.clientWidth),
      height: Math.max(120, element.clientHeight),
    });
    const made = new uPlot(
      plotOptions(() => latest.current, size(), onCursor),
      plotData(latest.current),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    // Axis text drawn before the font came would keep the fallback's widths.
    void document.fonts.ready.then(() => (plot.current === made ? made.redraw(false, true) : undefined));
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, shape, data.timezone, onCursor]);

  useEffect(() => plot.current?.setData(plotData(data)), [data]);

  const moveCursor = (index: number | null): void => {
    const made = plot.current;
    if (made === null) return;
    const minute = index === null ? undefined : latest.current.minutes[index];
    const left = minute === undefined ? -10 : made.valToPos(minute, 'x');
    made.setCursor({ left, top: minute === undefined ? -10 : 1 }, true);
  };
  return { host, moveCursor };
}

function useThemeVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => onThemeChange(() => setVersion((known) => known + 1)), []);
  return version;
}
