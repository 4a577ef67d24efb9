import { describe, expect, it } from 'vitest';
import { clusterLabels } from './cluster-labels.ts';

const labels = (...rows: [cluster: number, name: string][]): string[] => [
  ...clusterLabels(rows.map(([cluster, name]) => ({ cluster, name }))).values(),
];

describe('labels of clusters', () => {
  it('are the name alone where no other cluster has it', () => {
    expect(labels([0, 'Champions'], [3, 'Hibernating'])).toEqual(['Champions', 'Hibernating']);
  });

  it('tell clusters of one name apart by the number they keep', () => {
    expect(labels([0, 'Champions'], [17, 'Champions'], [3, 'Hibernating'])).toEqual([
      'Champions #0',
      'Champions #17',
      'Hibernating',
    ]);
  });

  it('say of a class of outliers what it is outside in, whoever shares its name', () => {
    expect(labels([0, 'Champions'], [-1, 'Champions'], [-2, 'Champions'], [-3, 'Big Spenders'])).toEqual([
      'Champions',
      'Champions (outliers in value)',
      'Champions (outliers in frequency)',
      'Big Spenders (outliers in both)',
    ]);
  });
});
