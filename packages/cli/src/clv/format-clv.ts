import type { Estimate } from '@ebb/customer-models';
import type { ClvReport, CustomerScore } from './clv-report.ts';

const SHOWN_CUSTOMERS = 10;

/** The report as text: models, fit, hold-out, and the customers worth most. */
export function formatClv(report: ClvReport): string {
  return [
    ...headLines(report),
    '',
    ...modelLines(`purchases, ${report.purchases.parameters.variant ?? 'BG/NBD'}`, report.purchases),
    ...modelLines('spend, Gamma-Gamma', report.spend),
    '',
    ...fitLines(report),
    '',
    ...valueLines(report),
  ].join('\n');
}

function headLines({ rows, customers, calibrationEnd, leftOut }: ClvReport): string[] {
  const left: [string, number][] = [
    ['rows without a customer', leftOut.rowsWithoutCustomer],
    ['days on which refunds outweigh', leftOut.refundDays],
    ['customers who came later', leftOut.laterCustomers],
    ['purchase days after the hold-out', leftOut.laterRows],
  ];
  const omitted = left.filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
  return [
    `${rows} rows, ${customers} customers; calibration to ${calibrationEnd}`,
    ...(omitted.length === 0 ? [] : [`left out: ${omitted.join(', ')}`]),
  ];
}

function modelLines(
  name: string,
  model: {
    status: string;
    message: string | null;
    estimates: Readonly<Record<string, Estimate>> | null;
    logLikelihood: number | null;
  },
): string[] {
  const likelihood = model.logLikelihood === null ? '' : `, log-likelihood ${model.logLikelihood.toFixed(2)}`;
  return [
    `${name}: ${model.status}${likelihood}`,
    ...(model.message === null ? [] : [`  ${model.message}`]),
    ...Object.entries(model.estimates ?? {}).map(([parameter, { value, standardError, low, high }]) => {
      const interval = `90 % ${low.toFixed(3)} to ${high.toFixed(3)}`;
      return `  ${parameter.padEnd(6)}${value.toFixed(3).padStart(10)}  ± ${standardError.toFixed(3)}  (${interval})`;
    }),
  ];
}

function fitLines({ fit, holdout }: ClvReport): string[] {
  const lines = [fit.isPoor ? 'the fit is POOR:' : 'the fit is fair: nothing found against it'];
  for (const finding of fit.findings) lines.push(`  - ${finding}`);
  const { bins, chiSquare, degrees } = fit.histogram;
  const counts = bins.map(({ repeats, actual, expected }, index) => {
    const orMore = index === bins.length - 1 ? '+' : '';
    return `${repeats}${orMore}: ${actual}/${expected.toFixed(0)}`;
  });
  lines.push(
    `  repeat purchases, customers actual/expected: ${counts.join('  ')} (chi-square ${chiSquare.toFixed(2)}, ${degrees} df)`,
  );
  if (holdout === null) return [...lines, '  no hold-out: the data end with the calibration'];
  const error = holdout.error === null ? '' : `, ${(holdout.error * 100).toFixed(1)} %`;
  const counted = `${holdout.expected.toFixed(0)} purchases expected, ${holdout.actual} came${error}`;
  return [...lines, `  hold-out of ${holdout.days} days: ${counted}`];
}

function valueLines({ value, scores }: ClvReport): string[] {
  const terms = `${value.horizonDays} days, discount ${value.annualDiscount} a year, margin ${value.margin}`;
  const best = scores.toSorted((a, b) => b.value - a.value).slice(0, SHOWN_CUSTOMERS);
  return [
    `value of all customers within ${terms}: ${value.total.toFixed(2)} (${value.expectedPurchases.toFixed(0)} purchases)`,
    'intervals are of the expectation; one customer scatters far more widely',
    'customer              repeats  P(alive)  purchases     spend       CLV  90 % of CLV',
    ...best.map(scoreLine),
  ];
}

function scoreLine(score: CustomerScore): string {
  const cells = [
    score.customer.padEnd(20),
    String(score.repeats).padStart(8),
    score.probabilityAlive.toFixed(3).padStart(9),
    score.expectedPurchases.toFixed(2).padStart(10),
    score.expectedSpend.toFixed(2).padStart(9),
    score.value.toFixed(2).padStart(9),
    ` ${score.valueLow.toFixed(2)} to ${score.valueHigh.toFixed(2)}`,
  ];
  return cells.join(' ');
}
