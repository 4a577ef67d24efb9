/** 1 / (1 + e^−x), without overflow on either side. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** Negative log-likelihood, in nats, of an outcome under log-odds. */
export function logOddsLoss(logOdds: number, label: number): number {
  return softplus(logOdds) - label * logOdds;
}

/** Log-odds of a share of rows; a share of 0 or 1 counts half a row more. */
export function shareLogOdds(positives: number, rows: number): number {
  const p = Math.min(rows - 0.5, Math.max(0.5, positives)) / rows;
  return Math.log(p / (1 - p));
}
