import type { ChurnScore, CustomerValue, Reason } from '../../api-types.ts';
import { formatCount, formatMoney, formatPercent, formatRate } from '../../format.ts';

/** What a churn score says, with the interval and the cases it rests on. */
export function churnWords({ low, high, comparableCustomers, horizonDays }: ChurnScore): string {
  const within = horizonDays === 0 ? '' : ` within ${formatCount(horizonDays)} days`;
  return (
    `Of ${formatCount(comparableCustomers)} customers with such a score in the back-test, ${formatPercent(low)} to ` +
    `${formatPercent(high)} left${within} (90 % interval).`
  );
}

/** What the expected value says. */
export function valueWords(value: CustomerValue, currency: string | null): string {
  return (
    `90 % interval of the expectation: ${formatMoney(value.low, currency)} to ${formatMoney(value.high, currency)}; ` +
    `${formatRate(value.expectedPurchases)} purchases expected, after ${formatCount(value.purchases)} so far.`
  );
}

/** "recency_days = 42: 1.8 times the odds of an average customer". */
export function reasonWords({ feature, value, oddsRatio }: Reason): string {
  const known = value === '' ? 'unknown' : value;
  return `${feature.replaceAll('_', ' ')} = ${known}: ${oddsRatio.toFixed(2)} times the odds of an average customer`;
}
