import type { FunnelStep } from '../../api-types.ts';

export const STEP_NAMES: Record<FunnelStep['step'], string> = {
  visit: 'Visit',
  product_view: 'Product seen',
  add_to_cart: 'Put into the cart',
  checkout: 'Checked out',
};
