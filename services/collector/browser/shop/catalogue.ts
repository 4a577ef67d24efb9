export interface Product {
  id: string;
  name: string;
  blurb: string;
  /** US cents: amounts are whole numbers until they are written. */
  cents: number;
  /** SVG path in a 64 × 64 box, and the tint behind it. */
  art: string;
  tint: string;
}

export const PRODUCTS: readonly Product[] = [
  {
    id: 'D001',
    name: 'Harbour mug',
    blurb: 'Stoneware, holds what a long morning needs.',
    cents: 1_450,
    art: 'M16 20h26v24a6 6 0 0 1-6 6H22a6 6 0 0 1-6-6zM42 26h4a6 6 0 0 1 0 14h-4',
    tint: 'sea',
  },
  {
    id: 'D002',
    name: 'Lantern lamp',
    blurb: 'Warm light, dimmable, charges in two hours.',
    cents: 6_900,
    art: 'M24 26h16l4 24H20zM28 26v-6a4 4 0 0 1 8 0v6M32 33v9',
    tint: 'sun',
  },
  {
    id: 'D003',
    name: 'Field notebook',
    blurb: '120 dotted pages that do not mind the rain.',
    cents: 1_200,
    art: 'M20 14h26v36H20zM26 14v36M32 24h8M32 30h8',
    tint: 'moss',
  },
  {
    id: 'D004',
    name: 'Day pack',
    blurb: '18 litres of waxed canvas.',
    cents: 8_900,
    art: 'M20 28a12 12 0 0 1 24 0v22H20zM26 38h12v12M28 16v-2h8v2',
    tint: 'clay',
  },
  {
    id: 'D005',
    name: 'Steel bottle',
    blurb: 'Cold for a day, hot for half of one.',
    cents: 2_800,
    art: 'M28 12h8v6l4 6v26a2 2 0 0 1-2 2H26a2 2 0 0 1-2-2V24l4-6zM24 34h16',
    tint: 'sea',
  },
  {
    id: 'D006',
    name: 'Quiet headphones',
    blurb: 'Thirty hours, and the ferry disappears.',
    cents: 14_900,
    art: 'M16 38v-4a16 16 0 0 1 32 0v4M16 36h6v14h-6zM42 36h6v14h-6z',
    tint: 'dusk',
  },
  {
    id: 'D007',
    name: 'Tide watch',
    blurb: 'Shows high water as well as the hour.',
    cents: 19_900,
    art: 'M32 22a12 12 0 1 1 0 24 12 12 0 0 1 0-24M27 23l1-9h8l1 9M27 45l1 7h8l1-7M32 28v6l4 3',
    tint: 'clay',
  },
  {
    id: 'D008',
    name: 'Windowsill fern',
    blurb: 'Forgives a missed watering.',
    cents: 2_200,
    art: 'M24 40h16l-2 12H26zM32 40V18M32 30c-8 0-11-4-11-9 8 0 11 4 11 9M32 26c8 0 11-4 11-9-8 0-11 4-11 9',
    tint: 'moss',
  },
  {
    id: 'D009',
    name: 'Beeswax candle',
    blurb: 'Forty hours, smells of nothing but honey.',
    cents: 1_800,
    art: 'M24 30h16v22H24zM32 30v-5M32 25c-4-3-2-7 0-11 2 4 4 8 0 11',
    tint: 'sun',
  },
  {
    id: 'D010',
    name: 'Storm umbrella',
    blurb: 'Tested where it is needed.',
    cents: 4_500,
    art: 'M12 34a20 20 0 0 1 40 0zM32 34v14a4 4 0 0 1-8 0M32 14v-3',
    tint: 'dusk',
  },
  {
    id: 'D011',
    name: 'Wool socks',
    blurb: 'Two pairs, one for each tide.',
    cents: 1_900,
    art: 'M26 12h14v22l-12 14a7 7 0 0 1-10-9l8-9zM26 19h14',
    tint: 'clay',
  },
  {
    id: 'D012',
    name: 'Pocket camera',
    blurb: 'A fixed lens and no menus.',
    cents: 32_900,
    art: 'M14 22h10l3-5h10l3 5h10v26H14zM32 28a7 7 0 1 1 0 14 7 7 0 0 1 0-14',
    tint: 'sea',
  },
];

export function findProduct(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}

export function searchProducts(query: string): Product[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return PRODUCTS.filter((product) => {
    const text = `${product.name} ${product.blurb}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** "14.50" */
export function decimalOf(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

export function priceOf(cents: number): string {
  return `$${decimalOf(cents)}`;
}
