import { type Fences, rfmPoint, type RfmStatistics } from './rfm-statistics.ts';
import type { RfmTable } from './rfm-table.ts';

/** −1 outlier in value alone, −2 in frequency alone, −3 in both, 0 the rest. Classes, never numbers of clusters. */
export type OutlierClass = -3 | -2 | -1 | 0;

/** The three classes in the order in which tables list them. */
export const OUTLIER_CLASSES = [-1, -2, -3] as const;

/** Outlier class of every customer, by the fences of all. Recency has none: it ends at the as-of day by itself. */
export function outlierClasses(table: RfmTable, statistics: RfmStatistics): Int8Array {
  return Int8Array.from(table.customers, (_, index) => {
    const { frequency, monetary } = rfmPoint(table, index);
    return outlierClass(
      isOutside(monetary, statistics.monetaryFences),
      isOutside(frequency, statistics.frequencyFences),
    );
  });
}

export function outlierClass(isMonetaryOutlier: boolean, isFrequencyOutlier: boolean): OutlierClass {
  if (isMonetaryOutlier) return isFrequencyOutlier ? -3 : -1;
  return isFrequencyOutlier ? -2 : 0;
}

function isOutside(value: bigint, { low, high }: Fences): boolean {
  return value < low || value > high;
}
