import type { Dashboard } from './asset-types.ts';
import { ACQUISITION } from './dashboards/acquisition.ts';
import { BANK } from './dashboards/bank.ts';
import { CHURN } from './dashboards/churn.ts';
import { MARKET } from './dashboards/market.ts';
import { ORDERS } from './dashboards/orders.ts';
import { QUALITY } from './dashboards/quality.ts';
import { RETAIL } from './dashboards/retail.ts';
import { WEBSITE } from './dashboards/website.ts';

/** In the order people find them. */
export const DASHBOARDS: readonly Dashboard[] = [WEBSITE, ORDERS, MARKET, ACQUISITION, BANK, RETAIL, CHURN, QUALITY];
