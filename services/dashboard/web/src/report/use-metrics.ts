import { useEffect, useState } from 'preact/hooks';
import type { Metric, Metrics } from '../api-types.ts';
import { fetchJson } from '../browser-deps.ts';

export type MetricByName = ReadonlyMap<string, Metric>;

let asked: Promise<MetricByName> | null = null;

/** The metric dictionary, asked for once per page; null until it is there. */
export function useMetrics(): MetricByName | null {
  const [metrics, setMetrics] = useState<MetricByName | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const load = async (): Promise<void> => {
      try {
        const known = await ask();
        if (isCurrent) setMetrics(known);
      } catch {
        // The figures' own request fails for the same reason and says why; with it comes the next attempt.
        asked = null;
        window.setTimeout(() => {
          if (isCurrent) void load();
        }, RETRY_MS);
      }
    };
    void load();
    return () => {
      isCurrent = false;
    };
  }, []);
  return metrics;
}

const RETRY_MS = 3_000;

function ask(): Promise<MetricByName> {
  asked ??= fetchJson<Metrics>('/api/metrics').then(
    ({ metrics }) => new Map(metrics.map((metric) => [metric.name, metric])),
  );
  return asked;
}
