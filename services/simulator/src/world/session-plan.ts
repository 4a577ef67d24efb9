import type { SeededRandom } from '@ebb/core';
import { pickProduct } from './catalogue.ts';

export const STEP = {
  pageView: 0,
  productView: 1,
  addToCart: 2,
  checkout: 3,
  login: 4,
  logout: 5,
  search: 6,
} as const;

export const STEP_NAMES = ['page_view', 'product_view', 'add_to_cart', 'checkout_success', 'login', 'logout', 'search'];

/** What happens in one visit: steps in order, each with the product it is about. */
export interface SessionPlan {
  steps: number[];
  /** Catalogue position per step; meaningless where a step has no product. */
  products: number[];
  /** Catalogue positions of what is bought; empty in a visit without a purchase. */
  basket: number[];
}

/** Visits without a purchase for each one with: 40 % of visits end in an order. */
export const BROWSING_VISITS = 1.5;

/**
 * Means of the two kinds of visits. Weighted 1 : BROWSING_VISITS they add up to 20 events per purchase in the mix
 * .60 page_view, .20 product_view, .10 add_to_cart, .05 checkout_success, .02 login, .01 logout, .02 search.
 */
const BUYING = { pages: 4, extraViews: 0.48, searches: 0.16, login: 0.19, logout: 0.08 };
const BROWSING = { pages: 11 / 3, views: 1.9 / 1.5, cartAfterView: 0.2, searches: 0.16, login: 0.14, logout: 0.08 };
/** Number of products in a basket; mean 1.62. */
const BASKET_SIZES = [0.6, 0.25, 0.1, 0.03, 0.02];

export const EVENTS_PER_PURCHASE = 20;

type Block = readonly (readonly [step: number, product: number])[];

export function planPurchase(random: SeededRandom): SessionPlan {
  const basket = pickBasket(random);
  const blocks: Block[] = basket.map((product) => [
    [STEP.productView, product],
    [STEP.addToCart, product],
  ]);
  repeat(random.poisson(BUYING.extraViews), () => blocks.push([[STEP.productView, pickProduct(random)]]));
  addIdle(blocks, BUYING, random);
  const ending: Block = random.bool(BUYING.logout)
    ? [
        [STEP.checkout, 0],
        [STEP.logout, 0],
      ]
    : [[STEP.checkout, 0]];
  return assemble(blocks, ending, basket, random);
}

export function planBrowsing(random: SeededRandom): SessionPlan {
  const blocks: Block[] = [];
  repeat(random.poisson(BROWSING.views), () => {
    const product = pickProduct(random);
    const view = [STEP.productView, product] as const;
    blocks.push(random.bool(BROWSING.cartAfterView) ? [view, [STEP.addToCart, product]] : [view]);
  });
  addIdle(blocks, BROWSING, random);
  return assemble(blocks, random.bool(BROWSING.logout) ? [[STEP.logout, 0]] : [], [], random);
}

function addIdle(
  blocks: Block[],
  means: { pages: number; searches: number; login: number },
  random: SeededRandom,
): void {
  repeat(random.poisson(means.pages), () => blocks.push([[STEP.pageView, 0]]));
  repeat(random.poisson(means.searches), () => blocks.push([[STEP.search, 0]]));
  if (random.bool(means.login)) blocks.push([[STEP.login, 0]]);
}

/** A visit begins with a page; what follows is in any order, but a product is seen before it is taken. */
function assemble(blocks: Block[], ending: Block, basket: number[], random: SeededRandom): SessionPlan {
  shuffle(blocks, random);
  const plan: SessionPlan = { steps: [STEP.pageView], products: [0], basket };
  for (const block of [...blocks, ending]) {
    for (const [step, product] of block) {
      plan.steps.push(step);
      plan.products.push(product);
    }
  }
  return plan;
}

function pickBasket(random: SeededRandom): number[] {
  let left = random.float();
  let size = 1;
  for (const share of BASKET_SIZES) {
    left -= share;
    if (left < 0 || size === BASKET_SIZES.length) break;
    size += 1;
  }
  const basket = new Set<number>();
  while (basket.size < size) basket.add(pickProduct(random));
  return [...basket];
}

function repeat(times: number, work: () => void): void {
  for (let i = 0; i < times; i += 1) work();
}

function shuffle(items: Block[], random: SeededRandom): void {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = random.int(at + 1);
    const item = items[at] as Block;
    items[at] = items[other] as Block;
    items[other] = item;
  }
}
