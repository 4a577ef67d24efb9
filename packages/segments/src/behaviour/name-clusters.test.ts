import { describe, expect, it } from 'vitest';
import { clusterTraits } from './cluster-traits.ts';
import { clusterRenames, nameClusters } from './name-clusters.ts';

const describeNothing = { describe: (_: number, features: readonly string[]) => features.join(' ') };
const means = (scores: Record<string, number>, buyers: number | null = 1) => ({
  scores: new Map(Object.entries(scores)),
  buyers,
});

describe('traits', () => {
  it.each([
    [0.6, null, 'high'],
    [0.49, null, 'usual'],
    [-0.5, null, 'low'],
    [0.45, 'high', 'high'],
    [0.39, 'high', 'usual'],
    [0.55, 'usual', 'usual'],
    [0.6, 'usual', 'high'],
    [-0.45, 'low', 'low'],
    [-0.7, 'high', 'low'],
  ] as const)('a score of %d after %s is %s', (score, before, level) => {
    const old =
      before === null ? null : clusterTraits(means({ sessions: { high: 1, usual: 0, low: -1 }[before] }), null);
    expect(clusterTraits(means({ sessions: score }), old).browsing).toBe(level);
  });

  it('many days since a purchase are little recency, and a theme without features is unknown', () => {
    expect(clusterTraits(means({ days_since_last_purchase: 2, sessions: 0 }), null)).toEqual({
      buying: null,
      basket: null,
      browsing: 'usual',
      recency: 'low',
      trouble: null,
      tenure: null,
    });
  });

  it('who orders much cancels more, which alone is no trouble', () => {
    const trouble = (scores: Record<string, number>): unknown => clusterTraits(means(scores), null).trouble;
    expect(trouble({ total_orders: 1.5, cancelled_orders: 1.4 })).toBe('usual');
    expect(trouble({ total_orders: 0.2, cancelled_orders: 1.4 })).toBe('high');
    expect(trouble({ total_orders: -1, cancelled_orders: -0.4 })).toBe('usual');
  });

  it('hardly any buyers are none, with slack on both sides', () => {
    const none = clusterTraits(means({ total_orders: 0 }, 0.09), null);
    expect(none.buying).toBe('none');
    expect(clusterTraits(means({ total_orders: 0 }, 0.14), none).buying).toBe('none');
    expect(clusterTraits(means({ total_orders: 0 }, 0.16), none).buying).toBe('usual');
    const usual = clusterTraits(means({ total_orders: 0 }, 0.5), null);
    expect(clusterTraits(means({ total_orders: 0 }, 0.06), usual).buying).toBe('usual');
  });
});

describe('names', () => {
  const best = means({ total_orders: 1.5, total_spend: 1.4, sessions: 0, days_since_last_purchase: 1 });
  const quiet = means({ total_orders: -1, sessions: -1, days_since_last_purchase: 0 });
  const first = nameClusters(new Map([[3, best], [5, quiet]]), [], describeNothing); // prettier-ignore

  it('say how a cluster differs, one figure of a theme, and what to do', () => {
    expect(first.map(({ cluster, name }) => [cluster, name])).toEqual([
      [3, 'Best customers, gone quiet'],
      [5, 'Quiet customers'],
    ]);
    expect(first[0]?.description).toBe('total_orders days_since_last_purchase sessions');
    expect(first[0]?.recommendation).toMatch(/Look after them.*Win them back/);
  });

  it('tell two clusters apart that stand alike', () => {
    const twin = means({ total_orders: 1.5, sessions: 0.2, days_since_last_purchase: 1.8 });
    const named = nameClusters(new Map([[1, best], [2, twin], [3, best]]), [], describeNothing); // prettier-ignore
    expect(named.map(({ name }) => name)).toEqual([
      'Best customers, gone quiet (high total_orders)',
      'Best customers, gone quiet (high days_since_last_purchase)',
      'Best customers, gone quiet (3)',
    ]);
  });

  it('live on until the cluster stands elsewhere, which is told with its cause', () => {
    const wavering = means({ total_orders: 0.45, sessions: 0.55, days_since_last_purchase: 0.42 });
    const kept = nameClusters(new Map([[3, wavering]]), first, describeNothing);
    expect(kept[0]?.name).toBe('Best customers, gone quiet');
    const changed = nameClusters(new Map([[3, means({ total_orders: 0, sessions: 0, days_since_last_purchase: 1 })]]), first, describeNothing); // prettier-ignore
    expect(clusterRenames(first, changed)).toEqual([
      {
        cluster: 3,
        from: 'Best customers, gone quiet',
        to: 'Regular customers, gone quiet',
        causes: ['buying was high, is usual'],
      },
    ]);
  });
});
