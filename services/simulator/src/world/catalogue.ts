import type { SeededRandom } from '@ebb/core';

export interface Product {
  id: string;
  name: string;
  category: string;
}

const CATEGORIES = ['kitchen', 'garden', 'lighting', 'textiles', 'toys', 'office', 'sports', 'beauty'] as const;
const ADJECTIVES = ['Classic', 'Compact', 'Foldable', 'Handmade', 'Modern'];
const NOUNS: Readonly<Record<(typeof CATEGORIES)[number], readonly string[]>> = {
  kitchen: ['Teapot', 'Mixing Bowl', 'Bread Bin', 'Mug Set', 'Knife Block'],
  garden: ['Planter', 'Watering Can', 'Bird Feeder', 'Lantern', 'Trowel'],
  lighting: ['Desk Lamp', 'Fairy Lights', 'Wall Light', 'Candle Holder', 'Floor Lamp'],
  textiles: ['Cushion', 'Throw', 'Bath Towel', 'Tablecloth', 'Rug'],
  toys: ['Puzzle', 'Building Set', 'Plush Bear', 'Kite', 'Board Game'],
  office: ['Notebook', 'Pen Set', 'Organiser', 'Desk Mat', 'Paper Tray'],
  sports: ['Yoga Mat', 'Water Bottle', 'Jump Rope', 'Gym Bag', 'Foam Roller'],
  beauty: ['Soap Bar', 'Hand Cream', 'Bath Salts', 'Brush Set', 'Mirror'],
};

/** 200 products: 8 categories of 5 kinds in 5 makes. */
export const CATALOGUE: readonly Product[] = CATEGORIES.flatMap((category, c) =>
  NOUNS[category].flatMap((noun, n) =>
    ADJECTIVES.map((adjective, a) => ({
      id: `P${String(c * 25 + n * 5 + a + 1).padStart(3, '0')}`,
      name: `${adjective} ${noun}`,
      category,
    })),
  ),
);

const SEARCH_WORDS = CATALOGUE.map((product) => product.name.toLowerCase());

/** Popular products first: squaring a uniform number favours low positions without leaving any out. */
export function pickProduct(random: SeededRandom): number {
  return Math.floor(random.float() ** 2 * CATALOGUE.length);
}

export function searchQuery(random: SeededRandom): string {
  return SEARCH_WORDS[pickProduct(random)] ?? 'gift';
}

const PLAIN_PAGES = ['/', '/new', '/sale', '/cart', '/about', '/delivery'];
const PAGES = [...PLAIN_PAGES, ...CATEGORIES.map((category) => `/category/${category}`)];
export const SHOP_ORIGIN = 'https://shop.example';

export function pickPage(random: SeededRandom): string {
  return SHOP_ORIGIN + random.pick(PAGES);
}
