import type { Drift } from './drift.ts';

export interface GateLimits {
  /** Silhouettes up to 0.25 are no substantial structure (L. Kaufman & P. J. Rousseeuw, Finding Groups in Data, 1990). */
  readonly leastSilhouette: number;
  /** How much of the published silhouette may be lost. */
  readonly silhouetteLoss: number;
  /** Share of the clustered customers that the smallest cluster has at least, and the largest at most. */
  readonly leastShare: number;
  readonly mostShare: number;
  /** Share of the published customers that may be missing: a table that was cut short is no churn. */
  readonly customersLost: number;
}

export const GATE_LIMITS: GateLimits = {
  leastSilhouette: 0.25,
  silhouetteLoss: 0.1,
  leastShare: 0.01,
  mostShare: 0.9,
  customersLost: 0.2,
};

export interface GateInput {
  readonly isConverged: boolean;
  readonly silhouette: number;
  /** Customers per cluster, outliers left out. */
  readonly sizes: readonly number[];
  /** Null: there is no published run. */
  readonly published: {
    readonly silhouette: number;
    readonly customers: number;
    /** Of its customers, those who are in this run too. */
    readonly customersKept: number;
    readonly drift: Drift;
  } | null;
}

export interface GateCheck {
  readonly name: string;
  readonly isPassed: boolean;
  /** What was found, and the limit. */
  readonly text: string;
}

export interface GateVerdict {
  readonly isHeld: boolean;
  /** Texts of the checks that failed. */
  readonly reasons: readonly string[];
  readonly checks: readonly GateCheck[];
}

/** Whether a run may be published. All checks are made and told, also after one has failed. */
export function gate(input: GateInput, limits: GateLimits = GATE_LIMITS): GateVerdict {
  const checks = [...ownChecks(input, limits), ...comparedChecks(input, limits)];
  const reasons = checks.filter(({ isPassed }) => !isPassed).map(({ name, text }) => `${name}: ${text}`);
  return { isHeld: reasons.length > 0, reasons, checks };
}

function ownChecks({ isConverged, silhouette, sizes }: GateInput, limits: GateLimits): GateCheck[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const [least, most] = [Math.min(...sizes) / total, Math.max(...sizes) / total];
  return [
    { name: 'convergence', isPassed: isConverged, text: isConverged ? 'converged' : 'stopped before it converged' },
    {
      name: 'silhouette',
      isPassed: silhouette >= limits.leastSilhouette,
      text: `${silhouette.toFixed(3)}, at least ${limits.leastSilhouette}`,
    },
    {
      name: 'smallest cluster',
      isPassed: least >= limits.leastShare,
      text: `${percent(least)} of the clustered customers, at least ${percent(limits.leastShare)}`,
    },
    {
      name: 'largest cluster',
      isPassed: most <= limits.mostShare,
      text: `${percent(most)} of the clustered customers, at most ${percent(limits.mostShare)}`,
    },
  ];
}

function comparedChecks({ silhouette, published }: GateInput, limits: GateLimits): GateCheck[] {
  if (published === null) return [];
  const loss = published.silhouette - silhouette;
  const lost = 1 - published.customersKept / Math.max(1, published.customers);
  return [
    {
      name: 'silhouette against the published run',
      isPassed: loss <= limits.silhouetteLoss,
      text: `${silhouette.toFixed(3)} after ${published.silhouette.toFixed(3)}, a loss of at most ${limits.silhouetteLoss}`,
    },
    {
      name: 'customers lost',
      isPassed: lost <= limits.customersLost,
      text: `${percent(lost)} of the published customers are missing, at most ${percent(limits.customersLost)}`,
    },
    { name: 'drift', isPassed: !published.drift.isAlert, text: driftText(published.drift) },
  ];
}

function driftText({ populations, centres }: Drift): string {
  const alerts = [
    ...populations.filter(({ isAlert }) => isAlert).map(({ name, psi }) => `PSI of ${name} is ${psi.toFixed(3)}`),
    ...centres
      .filter(({ isAlert }) => isAlert)
      .map(({ segment, distance }) => `segment ${segment} moved by ${distance.toFixed(2)} standard deviations`),
  ];
  if (alerts.length > 0) return alerts.join('; ');
  const largest = Math.max(0, ...populations.map(({ psi }) => psi));
  return `largest PSI ${largest.toFixed(3)}, no centre far from its place`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
