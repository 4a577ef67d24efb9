import { z } from 'zod';

/** Fields that several answers share. */

export const count = z.int().nonnegative();
/** A decimal in plain text. Amounts travel as text so that no cent is ever lost in a binary fraction. */
export const amount = z.string().regex(/^-?\d+(\.\d{1,4})?$/, 'a decimal such as "12.50"');
export const instant = z.iso.datetime({ offset: true });
export const day = z.iso.date();
/** Value of a metric: an amount as its decimal text, anything else as a number; null where it is not known. */
export const metricValue = z.union([amount, z.number()]).nullable();
/** Values by the metric's name; `/api/metrics` says what each means. */
export const metricValues = z.record(z.string(), metricValue);

export type MetricValue = z.infer<typeof metricValue>;
export type MetricValues = z.infer<typeof metricValues>;
