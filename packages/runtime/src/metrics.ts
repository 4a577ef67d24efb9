import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics of one service, all named `ebb_<service>_…`; a registry of its own, so that tests run side by side. */
export interface Metrics {
  readonly registry: Registry;
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  /** `buckets` in the metric's own unit; name the unit in `name`. */
  histogram<L extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labels?: readonly L[],
  ): Histogram<L>;
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  const prefix = `ebb_${service.replaceAll('-', '_')}_`;
  collectDefaultMetrics({ register: registry, prefix: 'ebb_', labels: { service } });
  const common = (name: string, help: string): { name: string; help: string; registers: Registry[] } => ({
    name: `${prefix}${name}`,
    help,
    registers: [registry],
  });
  return {
    registry,
    counter: (name, help, labels = []) => new Counter({ ...common(name, help), labelNames: labels }),
    gauge: (name, help, labels = []) => new Gauge({ ...common(name, help), labelNames: labels }),
    histogram: (name, help, buckets, labels = []) =>
      new Histogram({ ...common(name, help), buckets, labelNames: labels }),
  };
}
