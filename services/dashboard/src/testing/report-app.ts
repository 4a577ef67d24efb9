import type { Clickhouse } from '@ebb/clickhouse';
import type { Clock } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import { testPostgres } from '@ebb/testing';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Browser, frontEnd, openBrowser, openPage, type Page, settle, type View, VIEWS } from './live-page.ts';
import { BUILD_MS, type PublishedMarts, publishMarts } from './published-marts.ts';
import { seedDocuments } from './seed-documents.ts';
import { seedRefused } from './seed-warehouse.ts';
import { startDashboard, type TestDashboard } from './test-dashboard.ts';

/** What there is beside what every page finds. */
export interface Seed {
  /** Before the marts are built, which then are built for this file alone. */
  warehouse?: (clickhouse: Clickhouse) => Promise<void>;
  postgres?: (pool: Pool) => Promise<void>;
  /** Another warehouse in place of the built marts, for pages that read none of them; Postgres then holds `postgres` alone. */
  marts?: () => Promise<PublishedMarts>;
  /** The server's. */
  clock?: Clock;
}

export interface Refusal {
  status: number;
  code: string;
  message: string;
}

/** Of a parameter that the API does not take. */
export const INVALID_QUERY = {
  status: 400,
  code: 'INVALID_QUERY',
  message: expect.stringMatching(/\w/) as string,
};

/** The dashboard over marts that dbt built of the seeded fortnight, in a browser. The first file's dbt build takes a minute. */
export class ReportApp {
  #marts: PublishedMarts | null = null;
  #db: Pool | null = null;
  #dashboard: TestDashboard | null = null;
  #browser: Browser | null = null;
  #page: Page | null = null;
  #start: ((clickhouseUrl: string) => Promise<TestDashboard>) | null = null;
  /** What the browser complained about since the page was opened. */
  complaints: string[] = [];

  /** Resolves to how to take it down. */
  async open(seed: Seed = {}): Promise<() => Promise<void>> {
    const marts = await (seed.marts?.() ?? publishMarts(seed.warehouse));
    const webDirectory = await frontEnd();
    const db = await testPostgres();
    const common = seed.marts === undefined ? [seedRefused, seedDocuments] : [];
    for (const rows of [...common, seed.postgres]) await rows?.(db.pool);
    this.#start = (clickhouseUrl) =>
      startDashboard(db.roleUrl('ebb_dashboard'), {
        webDirectory,
        env: { EBB_CLICKHOUSE_URL: clickhouseUrl },
        ...(seed.clock === undefined ? {} : { clock: seed.clock }),
      });
    const dashboard = await this.start(marts.server.readerUrl);
    this.#marts = marts;
    this.#db = db.pool;
    this.#dashboard = dashboard;
    this.#browser = await openBrowser();
    return () => dashboard.close();
  }

  get marts(): PublishedMarts {
    return opened(this.#marts);
  }

  /** Postgres, as somebody who may do everything. */
  get db(): Pool {
    return opened(this.#db);
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

  async show(path: string, view: View = VIEWS[0]): Promise<void> {
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

  /** What the API says where it refuses. */
  async refusal(path: string): Promise<Refusal> {
    const response = await fetch(this.url + path);
    const { error } = (await response.json()) as { error?: Omit<Refusal, 'status'> };
    return { status: response.status, ...opened(error ?? null) };
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

/** The app of a whole test file: a new page for each test, which fails where the browser complained. */
export function openReportApp(seed?: Seed): ReportApp {
  const app = new ReportApp();
  beforeAll(() => app.open(seed), BUILD_MS);
  beforeEach(() => app.newPage());
  afterEach(() => app.closePage());
  return app;
}

function opened<T>(value: T | null): T {
  if (value === null) throw new Error('not there: is the app open, and has the query a row?');
  return value;
}
