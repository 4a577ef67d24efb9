import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { SegmentClusters, SegmentDistributions, SegmentsReport } from './api/segments-schema.ts';
import { CUSTOMERS_BY_HAND } from './testing/by-hand.ts';
import { accessibilityViolations, VIEWS } from './testing/live-page.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';
import { CHOSEN_K, seedClusterRuns } from './testing/seed-clusters.ts';

/** What the Segments page has beside its segments: distributions, revenue, clusters, and the customers as Parquet. */

const app = openReportApp({ postgres: seedClusterRuns });
const clusters = (query = ''): Promise<SegmentClusters> => app.ask<SegmentClusters>(`/api/segments/clusters${query}`);
const distributions = (query = ''): Promise<SegmentDistributions> =>
  app.ask<SegmentDistributions>(`/api/segments/distributions${query}`);

/** Customers by SQL over the raw lines with the segment that the marts gave them. */
const withSegment = (): string => `
  SELECT h.*, c.segment AS segment FROM (${CUSTOMERS_BY_HAND}) AS h
  INNER JOIN ${app.marts.publication.database}.customer_segments AS c ON c.CustomerID = h.id`;

describe('distributions', () => {
  test.each([null, 'Growing Value - At Risk'])(
    'of %s count every customer once, in the bin of the figure',
    async (segment) => {
      const query = segment === null ? '' : `?${new URLSearchParams({ segment }).toString()}`;
      const answer = await distributions(query);
      const hand = await app.rows<{ recency: number; frequency: string; monetary: string }>(
        `SELECT recency, toString(frequency) AS frequency, toString(monetary) AS monetary FROM (${withSegment()})
       ${segment === null ? '' : `WHERE segment = '${segment}'`}`,
      );
      expect(hand.length).toBeGreaterThan(0);
      for (const figure of ['recency', 'frequency', 'monetary'] as const) {
        const bins = answer[figure];
        const values = hand.map((row) => Number(row[figure]));
        for (const { from, to, customers } of bins) {
          const inside = values.filter((value) => value >= (from ?? -Infinity) && value < (to ?? Infinity));
          expect([figure, from, to, customers]).toEqual([figure, from, to, inside.length]);
        }
        expect(bins.reduce((sum, { customers }) => sum + customers, 0)).toBe(hand.length);
        expect(bins[0]?.customers).toBeGreaterThan(0);
        expect(bins.at(-1)?.customers).toBeGreaterThan(0);
      }
    },
  );

  test('of a segment that is none have no bins', async () => {
    const none = await distributions(`?${new URLSearchParams({ segment: "x' OR '1'='1" }).toString()}`);
    expect(none).toMatchObject({ recency: [], frequency: [], monetary: [] });
  });

  test.each(['segment=', 'limit=1', `segment=${'a'.repeat(101)}`])('refuse %.20s with a reason', async (query) => {
    expect(await app.refusal(`/api/segments/distributions?${query}`)).toMatchObject(INVALID_QUERY);
  });
});

describe('clusters', () => {
  test('say who went where since the run before, and why', async () => {
    expect(await clusters()).toMatchObject({
      kind: 'rfm_segments',
      source: 'retail_files',
      asOf: '2026-03-14',
      migration: {
        previousAsOf: '2026-03-07',
        moves: expect.arrayContaining([
          { from: 'REWARD', to: 'REWARD', customers: 1 },
          { from: 'REWARD', to: 'NURTURE', customers: 1 },
          { from: 'NURTURE', to: 'NURTURE', customers: 1 },
          { from: 'NURTURE', to: null, customers: 1 },
          { from: null, to: 'REWARD', customers: 1 },
        ]) as unknown,
        causes: [{ cause: 'own figures in another tier', customers: 1 }],
      },
    });
  });

  test('tell a closed account from a customer who is gone', async () => {
    const { migration } = await clusters('?kind=behaviour_clusters&source=outlet');
    expect(migration?.moves).toHaveLength(3);
    expect(migration?.moves).toContainEqual({ from: 'seldom here', to: '', customers: 1 });
    expect(migration?.causes).toEqual([]);
  });

  test('have the table of the numbers that there could have been, as the warehouse has it', async () => {
    const { k, kReason, kTable } = await clusters('?kind=behaviour_clusters&source=outlet');
    const hand = await app.rows<Record<string, string | number | boolean>>(
      'SELECT k, inertia, silhouette, silhouette_standard_error AS error, elbow, score, is_chosen FROM ml.behaviour_k_table ORDER BY k',
    );
    expect(
      kTable.map((row) => [row.k, row.inertia, row.silhouette, row.silhouetteStandardError, row.elbow, row.score]),
    ).toEqual(
      hand.map((row) => [row['k'], row['inertia'], row['silhouette'], row['error'], row['elbow'], row['score']]),
    );
    expect(hand.find((row) => row['is_chosen'] === true)?.['k']).toBe(k);
    expect(kReason).toContain(`k = ${CHOSEN_K}`);
  });

  test('of the first run have nobody who moved; of no run there is nothing', async () => {
    // The shop's rfm run of the other seed is one that Postgres knows nothing of.
    expect(await clusters('?kind=rfm_segments&source=outlet')).toMatchObject({
      asOf: '2026-03-14',
      kTable: [],
      migration: null,
    });
    expect(await clusters('?source=nowhere')).toMatchObject({
      source: 'nowhere',
      asOf: null,
      kTable: [],
      migration: null,
    });
  });

  test.each(['kind=clv', 'source=Shop', "source=x'--", 'kind=', 'limit=1'])(
    'refuse %s with a reason',
    async (query) => {
      expect(await app.refusal(`/api/segments/clusters?${query}`)).toMatchObject(INVALID_QUERY);
    },
  );
});

describe('customers as Parquet', () => {
  test('are those of SQL over the raw lines, in order, with their types', async () => {
    const response = await fetch(`${app.url}/api/segments/customers.parquet?sort=monetary&direction=desc`);
    expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="customers-${app.marts.publication.id}.parquet"`,
    );
    const rows = await parquetReadObjects({ file: await response.arrayBuffer() });
    const hand = await app.rows<Record<string, string | number>>(
      `SELECT id, recency, toString(frequency) AS frequency, toFloat64(monetary) AS monetary, segment
       FROM (${withSegment()}) AS w ORDER BY w.monetary DESC, id`,
    );
    // The reader makes floats of decimals, by a product that is not exact.
    const decimal = (value: unknown): string => Number(value).toFixed(4);
    expect(
      rows.map((row) => [
        row['CustomerID'],
        row['Segment'],
        row['Recency'],
        Number(row['Frequency']),
        decimal(row['Monetary']),
      ]),
    ).toEqual(
      hand.map((row) => [
        row['id'],
        row['segment'],
        Number(row['recency']),
        Number(row['frequency']),
        decimal(row['monetary']),
      ]),
    );
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'CustomerID',
      'Segment',
      'Recency',
      'Frequency',
      'Monetary',
      'NetMonetary',
    ]);
  });

  test('of one segment are its own, of none a file without rows', async () => {
    const read = async (segment: string): Promise<Record<string, unknown>[]> => {
      const query = new URLSearchParams({ segment });
      const response = await fetch(`${app.url}/api/segments/customers.parquet?${query.toString()}`);
      return parquetReadObjects({ file: await response.arrayBuffer() });
    };
    const { segments } = await app.ask<SegmentsReport>('/api/segments');
    const values = segments.find(({ segment }) => segment === 'Growing Value - At Risk')?.values ?? {};
    const rows = await read('Growing Value - At Risk');
    expect(rows).toHaveLength(Number(values['retail_customers']));
    expect(new Set(rows.map((row) => row['Segment']))).toEqual(new Set(['Growing Value - At Risk']));
    expect(await read("x' OR '1'='1")).toEqual([]);
    expect(await app.refusal('/api/segments/customers.parquet?limit=1')).toMatchObject(INVALID_QUERY);
  });
});

describe('in the browser', () => {
  test('revenue and distributions follow the chosen segment', async () => {
    await app.show('/segments');
    const recency = app.page.locator('[data-bars="bins-recency"]');
    const total = async (): Promise<number> => {
      const texts = await recency.locator('.bar-text').allInnerTexts();
      return texts.reduce((sum, text) => sum + Number(text), 0);
    };
    expect(await total()).toBe(41);
    expect(await app.page.locator('[data-bars="revenue"] li').count()).toBeGreaterThan(5);
    await app.page.getByRole('combobox', { name: 'Segment' }).selectOption('Growing Value - At Risk');
    await expect.poll(total).toBeLessThan(41);
    await expect.poll(() => app.page.locator('[data-bars="revenue"] li').count()).toBe(1);
  });

  test('the migration matrix and the choice of the number are shown; another model is in the address', async () => {
    await app.show('/segments');
    const matrix = app.page.locator('[data-table="migration"]');
    expect(await matrix.locator('thead th').allInnerTexts()).toEqual(['From', 'NURTURE', 'REWARD', 'gone', 'Total']);
    expect(await matrix.locator('tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/^NURTURE\s+1\s+–\s+1\s+2$/) as string,
      expect.stringMatching(/^REWARD\s+1\s+1\s+–\s+2$/) as string,
      expect.stringMatching(/^new\s+–\s+1\s+–\s+1$/) as string,
    ]);
    expect(await app.page.locator('[data-migration]').innerText()).toContain('2 of 3 customers');
    expect(await app.page.locator('[data-table="k-table"] .chosen th').innerText()).toBe(`${CHOSEN_K}, chosen`);
    await app.page.getByRole('combobox', { name: 'Model' }).selectOption('behaviour_clusters:outlet');
    await matrix.getByText('seldom here').first().waitFor();
    expect(app.page.url()).toContain('clusters=behaviour_clusters%3Aoutlet');
    await app.page.goBack();
    await matrix.getByText('REWARD').first().waitFor();
  });

  test('a model that is none says how to make one', async () => {
    await app.show('/segments?clusters=behaviour_clusters:nowhere');
    expect(await app.page.locator('[data-notice="no-clusters"]').innerText()).toContain(
      'npx ebb models run behaviour_clusters --source nowhere',
    );
  });

  test('the Parquet file that is offered is one', async () => {
    await app.show('/segments?view=customers');
    const [download] = await Promise.all([
      app.page.waitForEvent('download'),
      app.page.getByRole('link', { name: 'Download Parquet' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`customers-${app.marts.publication.id}.parquet`);
    const { buffer } = new Uint8Array(await readFile(await download.path()));
    expect(await parquetReadObjects({ file: buffer })).toHaveLength(41);
  });

  test.each(VIEWS)('$name: fits its width and breaks no rule of accessibility', async (view) => {
    await app.show('/segments', view);
    const width = await app.page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(view.width);
    expect(await accessibilityViolations(app.page)).toEqual([]);
  });
});
