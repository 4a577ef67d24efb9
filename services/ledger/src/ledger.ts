import { TOPICS } from '@ebb/contracts';
import { currentPublication } from '@ebb/clickhouse';
import { errorMessage } from '@ebb/core';
import { GroupRotation } from './checks/account-groups.ts';
import { checkBalances } from './checks/balances-check.ts';
import { checkPurchaseAccounts, ORDER_EVENTS } from './checks/purchase-accounts-check.ts';
import { SettledAccounts } from './checks/settled-accounts.ts';
import { checkWebAccounts } from './checks/web-accounts-check.ts';
import { Allowance } from './allowance.ts';
import { checkOrders, ORDERS } from './checks/orders-check.ts';
import { checkReceipts } from './checks/receipts-check.ts';
import { Barrier } from './compare/barrier.ts';
import { CapturedCheck } from './compare/captured-check.ts';
import type { Stores } from './compare/engines.ts';
import { type CapturedTable, capturedTables, loadSecret } from './compare/tables.ts';
import { WebCheck } from './compare/web-check.ts';
import { judgeCaptured } from './hops/captured-hop.ts';
import { copyLiveFigures } from './marts/live-figures.ts';
import { checkMarts, MART_TABLES } from './marts/marts-check.ts';
import { TopicTruth } from './hops/topic-truth.ts';
import { judgeWeb } from './hops/web-hop.ts';
import { type RepairOutcome, repairFindings } from './repair/repair.ts';
import { CoverageStore } from './store/coverage-store.ts';
import { CycleStore } from './store/cycle-store.ts';
import { type Finding, FindingsStore, type NewFinding } from './store/findings-store.ts';
import { recheckFindings } from './recheck.ts';

export interface LedgerTopics {
  readonly website: string;
  readonly purchase: string;
  readonly receipts: string;
  readonly capturedPrefix: string;
}

export const DEFAULT_TOPICS: Omit<LedgerTopics, 'capturedPrefix'> = {
  website: TOPICS.websiteEvents,
  purchase: TOPICS.purchaseEvents,
  receipts: TOPICS.collectorReceipts,
};

export interface LedgerSettings {
  readonly topics: LedgerTopics;
  readonly barrierMs: number;
  /** Engine time of a cycle, s. */
  readonly budgetSeconds: number;
}

export interface CycleReport {
  readonly rows: number;
  readonly engineSeconds: number;
  readonly seconds: number;
  /** Reported for the first time. */
  readonly found: readonly NewFinding[];
  /** Findings whose key is right again. */
  readonly verified: readonly Finding[];
  readonly open: readonly Finding[];
  readonly oldestSeconds: number | null;
  readonly problems: readonly string[];
}

/** Accounts are looked at again for so long, should a cycle be late. */
const ACCOUNT_MINUTES = 15;
/** Orders checked at once; more are checked in parts, one a cycle. */
const ORDERS_AT_ONCE = 60_000;

/** Shares of the budget for orders against their events, and for purchase events against their accounts. */
const ORDERS_SHARE = 0.25;
const PURCHASES_SHARE = 0.15;
/** Share of the budget that the sweeps have whatever the other checks take. */
const LEAST_SWEEP = 0.3;

/** The checks of the platform, one cycle of all of them at a time. */
export class Ledger {
  readonly stores: Stores;
  readonly findings: FindingsStore;
  readonly truth: TopicTruth;
  readonly #settings: LedgerSettings;
  readonly #coverage: CoverageStore;
  readonly #cycles: CycleStore;
  readonly #barrier: Barrier;
  #checks: { web: WebCheck; captured: CapturedCheck } | undefined;
  readonly #settledAccounts = new SettledAccounts();
  readonly #purchaseRotation = new GroupRotation();
  #orderPart = 0;
  readonly #orderTurns = new Allowance();
  readonly #purchaseTurns = new Allowance();
  /** What the checks without a plan (accounts, orders, receipts) took in the last cycle, s. */
  #unplannedSeconds = 0;
  #martsChecked: string | null = null;

  constructor(stores: Stores, settings: LedgerSettings) {
    this.stores = stores;
    this.#settings = settings;
    this.findings = new FindingsStore(stores.pool);
    this.truth = new TopicTruth(stores.kafka, stores.pool);
    this.#coverage = new CoverageStore(stores.pool);
    this.#cycles = new CycleStore(stores.pool);
    this.#barrier = new Barrier(stores, {
      timeoutMs: settings.barrierMs,
      heartbeatTopic: `${settings.topics.capturedPrefix}.ops.cdc_heartbeat`,
    });
  }

  get topics(): LedgerTopics {
    return this.#settings.topics;
  }

  close(): Promise<void> {
    return this.#barrier.close();
  }

  tables(): Promise<CapturedTable[]> {
    return capturedTables(this.stores.pool, this.topics.capturedPrefix);
  }

  async checks(): Promise<{ web: WebCheck; captured: CapturedCheck }> {
    const secret = await loadSecret(this.stores.pool);
    return (this.#checks ??= {
      web: new WebCheck(this.stores, this.#coverage, secret),
      captured: new CapturedCheck(this.stores, this.#coverage, secret, this.#barrier),
    });
  }

  /** One round of all checks. What one of them cannot do is a problem of the report; the others go on. */
  async cycle({ isFull, signal }: { isFull: boolean; signal?: AbortSignal }): Promise<CycleReport> {
    const startedAt = new Date();
    const round = new Round();
    const before = await this.findings.open();
    await round.run('web events', () => this.#web(round, { isFull, ...(signal === undefined ? {} : { signal }) }));
    await round.run('captured tables', () => this.#captured(round, isFull));
    const plannedSeconds = round.engineSeconds;
    await round.run('accounts', () => this.#accounts(round));
    await round.run('purchase accounts', () => this.#purchaseAccounts(round, isFull));
    await round.run('orders', () => this.#orders(round, isFull));
    await round.run('receipts', () => this.#receipts(round));
    await round.run('live figures', () => copyLiveFigures(this.stores, this.topics.website));
    await round.run('marts', () => this.#marts(round, isFull));
    this.#unplannedSeconds = round.engineSeconds - plannedSeconds;
    const found: NewFinding[] = [];
    for (const finding of round.findings) if (await this.findings.report(finding)) found.push(finding);
    const verified = await this.#verify(round, before);
    const open = await this.findings.open();
    const oldestSeconds = await this.#coverage.oldestSeconds();
    await this.#cycles.record({
      startedAt,
      ...round.figures,
      open: open.length,
      oldestSeconds,
      problems: round.problems,
    });
    const seconds = (Date.now() - startedAt.getTime()) / 1000;
    return { ...round.figures, seconds, found, verified, open, oldestSeconds, problems: round.problems };
  }

  async repair(ids: readonly string[] | null): Promise<RepairOutcome> {
    const open = await this.findings.open();
    const chosen = open.filter(({ id, repairedAt }) => (ids === null ? repairedAt === null : ids.includes(id)));
    const { captured } = await this.checks();
    return repairFindings(
      {
        stores: this.stores,
        findings: this.findings,
        truth: this.truth,
        captured,
        topics: this.topics,
        tables: () => this.tables(),
      },
      chosen,
    );
  }

  async #web(round: Round, options: { isFull: boolean; signal?: AbortSignal }): Promise<void> {
    const { web } = await this.checks();
    const budgetSeconds = this.#sweepSeconds();
    const outcome = await web.run({ topic: this.topics.website, budgetSeconds, ...options });
    round.add(outcome);
    if (outcome.set === null || outcome.confirmed.length === 0) return;
    const deps = { ...this.stores, coverage: this.#coverage, truth: this.truth };
    round.report(await judgeWeb(deps, this.topics.website, outcome.set.shape, outcome.confirmed.slice(0, MOST_JUDGED)));
  }

  /**
   * For each of the two sweeps, of web events and of captured tables: half of what the other checks leave of the
   * budget, and always something, so that every range's turn comes.
   */
  #sweepSeconds(): number {
    const { budgetSeconds } = this.#settings;
    return Math.max(budgetSeconds * LEAST_SWEEP, budgetSeconds - this.#unplannedSeconds) / 2;
  }

  async #captured(round: Round, isFull: boolean): Promise<void> {
    const { captured } = await this.checks();
    const budgetSeconds = this.#sweepSeconds();
    const { outcomes, problems } = await captured.run({
      budgetSeconds,
      isFull,
      topicPrefix: this.topics.capturedPrefix,
    });
    round.problems.push(...problems);
    for (const outcome of outcomes) {
      round.add(outcome);
      if (outcome.set === null || outcome.confirmed.length === 0) continue;
      round.report(await judgeCaptured(this.stores, outcome.table, outcome.set.shape, outcome.confirmed));
    }
  }

  async #accounts(round: Round): Promise<void> {
    round.report(await checkBalances(this.stores, ACCOUNT_MINUTES));
    const web = await checkWebAccounts(this.stores, this.topics.website, ACCOUNT_MINUTES, this.#settledAccounts);
    round.engineSeconds += web.seconds;
    round.report(web.findings);
  }

  async #purchaseAccounts(round: Round, isFull: boolean): Promise<void> {
    const isDue = this.#purchaseTurns.isDue(this.#settings.budgetSeconds * PURCHASES_SHARE);
    if (!isFull && !isDue) return;
    const rotation = isFull ? undefined : this.#purchaseRotation;
    const outcome = await checkPurchaseAccounts(this.stores, this.topics.purchase, rotation);
    this.#purchaseTurns.spend(outcome.seconds);
    round.engineSeconds += outcome.seconds;
    round.report(outcome.findings);
    await this.#cover(ORDER_EVENTS, 'accounts', outcome);
  }

  async #orders(round: Round, isFull: boolean): Promise<void> {
    // Each part goes through the whole history.
    const isDue = this.#orderTurns.isDue(this.#settings.budgetSeconds * ORDERS_SHARE);
    if (!isFull && !isDue) return;
    const before = round.engineSeconds;
    const first = await this.#ordersPart(round, isFull ? 0 : this.#orderPart);
    this.#orderTurns.spend(round.engineSeconds - before);
    this.#orderPart += 1;
    if (!isFull) return;
    for (let part = 1; part < first; part += 1) await this.#ordersPart(round, part);
  }

  /** Returns how many parts there are. */
  async #ordersPart(round: Round, turn: number): Promise<number> {
    const { rows } = await this.stores.pool.query<{ orders: string }>(
      `SELECT greatest(reltuples, 0)::bigint AS orders FROM pg_class WHERE oid = 'sales.orders'::regclass`,
    );
    let parts = 1;
    while (Number(rows[0]?.orders ?? 0) / parts > ORDERS_AT_ONCE) parts *= 2;
    const part = turn % parts;
    const outcome = await checkOrders(this.stores, { part, parts });
    round.engineSeconds += outcome.seconds;
    round.report(outcome.findings);
    await this.#cover(ORDERS, `events ${part}/${parts}`, {
      findings: outcome.findings,
      seconds: outcome.seconds,
      rows: Math.round(outcome.orders / parts),
    });
    return parts;
  }

  /** A publication never changes, and reading all its rows is no work for every minute: once each, or when asked for. */
  async #marts(round: Round, isFull: boolean): Promise<void> {
    const publication = await currentPublication(this.stores.clickhouse);
    if (publication === null || (publication.id === this.#martsChecked && !isFull)) return;
    const outcome = await checkMarts(this.stores);
    // While a build rewrites the rows they are looked at again in the next cycle.
    if (outcome.checked.size === MART_TABLES.size) this.#martsChecked = publication.id;
    round.add({ ...outcome, problems: [], unstable: 0 });
    round.report(outcome.findings);
  }

  async #cover(
    table: string,
    range: string,
    { findings, seconds, rows }: { findings: readonly NewFinding[]; seconds: number; rows: number },
  ): Promise<void> {
    // A name of its own: the same table is also compared with ClickHouse, range by range.
    await this.#coverage.record({
      table: `${table} from events`,
      range,
      totals: { rows, checksum: 0n },
      boundary: {},
      fingerprint: null,
      isVerified: findings.length === 0,
      seconds,
    });
  }

  async #receipts(round: Round): Promise<void> {
    const { receipts, website, purchase } = this.topics;
    const outcome = await checkReceipts(this.stores, { receipts, events: [website, purchase] });
    if (outcome.isBehind) round.problems.push('receipts: the aggregator has not read everything yet');
    round.report(outcome.findings);
  }

  /** Looks at every finding again that was open before this cycle and did not come up in it. */
  async #verify(round: Round, before: readonly Finding[]): Promise<Finding[]> {
    const seen = new Set(round.findings.map(({ table, key }) => nameOf(table, key)));
    const quiet = before.filter(({ table, key }) => !seen.has(nameOf(table, key)));
    const right = await round.run('findings', () => recheckFindings(this, quiet));
    await this.findings.verified((right ?? []).map(({ id }) => id));
    return right ?? [];
  }
}

/** Keys per cycle whose hop is looked for; the others come in the next. */
const MOST_JUDGED = 1_000;

function nameOf(table: string, key: Readonly<Record<string, string>>): string {
  return JSON.stringify([table, Object.entries(key).toSorted(([a], [b]) => a.localeCompare(b))]);
}

/** What a cycle collects. */
class Round {
  readonly findings: NewFinding[] = [];
  readonly problems: string[] = [];
  engineSeconds = 0;
  #rows = 0;

  get figures(): { rows: number; engineSeconds: number } {
    return { rows: this.#rows, engineSeconds: this.engineSeconds };
  }

  add(outcome: { rows: number; seconds: number; problems: readonly string[]; unstable: number }): void {
    this.#rows += outcome.rows;
    this.engineSeconds += outcome.seconds;
    this.problems.push(...outcome.problems);
  }

  report(findings: readonly NewFinding[]): void {
    this.findings.push(...findings);
  }

  async run<T>(what: string, check: () => Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      this.problems.push(`${what}: ${errorMessage(error)}`);
      return undefined;
    }
  }
}
