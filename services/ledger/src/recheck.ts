import { checkBalances } from './checks/balances-check.ts';
import { checkPurchaseAccounts, ORDER_EVENTS } from './checks/purchase-accounts-check.ts';
import { checkWebAccounts } from './checks/web-accounts-check.ts';
import { checkSomeOrders, ORDERS } from './checks/orders-check.ts';
import { RECEIPTS } from './checks/receipts-check.ts';
import { capturedSet } from './compare/captured-check.ts';
import { eachByItself, WorkMeter } from './compare/engines.ts';
import { ClickhouseSide, keyName, PostgresSide, type RowSet } from './compare/row-set.ts';
import { WEB_EVENTS } from './compare/tables.ts';
import { webSet } from './compare/web-set.ts';
import type { Ledger } from './ledger.ts';
import { checkMarts, MART_TABLES } from './marts/marts-check.ts';
import type { Finding, NewFinding } from './store/findings-store.ts';

/** Of the findings, those whose key is right now. Anything that cannot be looked at stays open. */
export async function recheckFindings(ledger: Ledger, findings: readonly Finding[]): Promise<Finding[]> {
  const right: Finding[] = [];
  for (const [table, group] of groupBy(findings)) right.push(...(await recheckTable(ledger, table, group)));
  return right;
}

function groupBy(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const name = `${finding.table}|${finding.store}`;
    groups.set(name, [...(groups.get(name) ?? []), finding]);
  }
  return groups;
}

async function recheckTable(ledger: Ledger, name: string, findings: readonly Finding[]): Promise<Finding[]> {
  const [table = '', store] = name.split('|');
  if (table === RECEIPTS) return [];
  if (MART_TABLES.has(table)) {
    const { findings: wrong, checked } = await checkMarts(ledger.stores);
    const ofTable = wrong.filter((one) => one.table === table);
    return checked.has(table) ? withoutThose(findings, ofTable) : [];
  }
  if (table === 'ops.batch_ledger') return stillUnaccounted(ledger, findings);
  if (table === WEB_EVENTS) {
    const shape = await (await ledger.checks()).web.shape();
    const equal = shape === null ? [] : await equalKeys(ledger, webSet(shape), findings);
    return equal.length === 0 ? [] : withoutThose(equal, await accountedWeb(ledger, equal));
  }
  if (table === ORDER_EVENTS && store === 'postgres') {
    const { findings: wrong } = await checkPurchaseAccounts(ledger.stores, ledger.topics.purchase);
    return withoutThose(findings, wrong);
  }
  if (table === ORDERS && store === 'postgres') {
    const orders = findings.map(({ key }) => ({ source: key['source'] ?? '', orderId: key['order_id'] ?? '' }));
    return withoutThose(findings, (await checkSomeOrders(ledger.stores, orders)).findings);
  }
  return equalCaptured(ledger, table, findings);
}

/** Both engines may lack an event alike: only the accounts tell. */
async function accountedWeb(ledger: Ledger, findings: readonly Finding[]): Promise<readonly NewFinding[]> {
  if (!findings.some(({ evidence }) => evidence['found_by'] === 'accounts')) return [];
  return (await checkWebAccounts(ledger.stores, ledger.topics.website, 24 * 60)).findings;
}

async function stillUnaccounted(ledger: Ledger, findings: readonly Finding[]): Promise<Finding[]> {
  return withoutThose(findings, await checkBalances(ledger.stores, 24 * 60));
}

function withoutThose(findings: readonly Finding[], wrong: readonly NewFinding[]): Finding[] {
  const names = new Set(wrong.map(({ key }) => keyText(key)));
  return findings.filter(({ key }) => !names.has(keyText(key)));
}

function keyText(key: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(key).toSorted(([a], [b]) => a.localeCompare(b)));
}

async function equalCaptured(ledger: Ledger, name: string, findings: readonly Finding[]): Promise<Finding[]> {
  const table = (await ledger.tables()).find((one) => one.name === name);
  const shape = table === undefined ? null : await (await ledger.checks()).captured.shape(table);
  return shape === null ? [] : equalKeys(ledger, capturedSet(shape), findings);
}

async function equalKeys({ stores }: Ledger, set: RowSet, findings: readonly Finding[]): Promise<Finding[]> {
  const meter = new WorkMeter();
  const keyOf = ({ key }: Finding): string[] => set.shape.keys.map(({ name }) => key[name] ?? '');
  const keys = findings.map(keyOf);
  const clickhouse = await new ClickhouseSide(stores.clickhouse, meter).rowsOf(set, keys);
  const postgres = await new PostgresSide(eachByItself(stores.pool), meter).rowsOf(set, keys);
  return findings.filter((finding) => {
    const name = keyName(keyOf(finding));
    return postgres.get(name)?.hash === clickhouse.get(name)?.hash;
  });
}
