import type { Clickhouse } from '@ebb/clickhouse';
import type { Pool } from '@ebb/postgres';
import { testPostgres } from '@ebb/testing';
import { type Browser, buildFrontEnd, openBrowser, openPage, type Page, settle, VIEWS } from './live-page.ts';
import { type PublishedMarts, publishMarts } from './published-marts.ts';
import { seedRefused } from './seed-warehouse.ts';
import { startDashboard, type TestDashboard } from './test-dashboard.ts';

/** What there is beside the seeded fortnight. */
export interface Seed {
  /** Before the marts are built. */
  warehouse?: (clickhouse: Clickhouse) => Promise<void>;
  postgres?: (pool: Pool) => Promise<void>;
}

/** The dashboard over marts that dbt built of the seeded fortnight, in a browser. Its dbt build takes a minute. */
export class ReportApp {
  #marts: PublishedMarts | null = null;
  #dashboard: TestDashboard | null = null;
  #browser: Browser | null = null;
  #page: Page | null = null;
  #start: ((clickhouseUrl: string) => Promise<TestDashboard>) | null = null;
  /** What the browser complained about since the page was opened. */
  complaints: string[] = [];

  /** Resolves to how to take it down. */
  async open(seed: Seed = {}): Promise<() => Promise<void>> {
    const marts = await publishMarts(seed.warehouse);
    const frontEnd = await buildFrontEnd();
    const db = await testPostgres();
    await (seed.postgres ?? seedRefused)(db.pool);
    this.#start = (clickhouseUrl) =>
      startDashboard(db.roleUrl('ebb_dashboard'), {
        webDirectory: frontEnd.directory,
        env: { EBB_CLICKHOUSE_URL: clickhouseUrl },
      });
    const dashboard = await this.start(marts.server.readerUrl);
    this.#marts = marts;
    this.#dashboard = dashboard;
    this.#browser = await openBrowser();
    return async () => {
      await dashboard.close();
      await frontEnd.remove();
    };
  }

  get marts(): PublishedMarts {
    return opened(this.#marts);
  }

  get url(): string {
    return opened(this.#dashboard).url;
  }

  get page(): Page {
    return opened(this.#page);
  }

  /** Another dashboard, over another warehouse. */
  start(clickhouseUrl: string): Promise<TestDashboard> {
    return opened(this.#start)(clickhouseUrl);
  }

  /** Throws what the browser complained about. */
  async closePage(): Promise<void> {
    await this.page.close();
    if (this.complaints.length > 0) throw new Error(`the browser complained: ${this.complaints.join(' | ')}`);
  }

  async newPage(): Promise<void> {
    const { page, complaints } = await openPage(opened(this.#browser));
    this.#page = page;
    this.complaints = complaints;
  }

  async show(path: string, view: (typeof VIEWS)[number] = VIEWS[0]): Promise<void> {
    await this.page.setViewportSize({ width: view.width, height: view.height });
    await this.page.emulateMedia({ colorScheme: view.theme, reducedMotion: 'reduce' });
    // Parts of a page ask for themselves.
    await this.page.goto(this.url + path, { waitUntil: 'networkidle' });
    await settle(this.page);
  }

  /** A JSON answer; throws what the API said where it refuses. */
  async ask<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Rows of the warehouse, as somebody who may read everything sees them. */
  rows<T>(sql: string): Promise<T[]> {
    return this.marts.server.clickhouse.query<T>(sql);
  }

  async one<T>(sql: string): Promise<T> {
    const [row] = await this.rows<T>(sql);
    return opened(row ?? null);
  }
}

function opened<T>(value: T | null): T {
  if (value === null) throw new Error('not there: is the app open, and has the query a row?');
  return value;
}
