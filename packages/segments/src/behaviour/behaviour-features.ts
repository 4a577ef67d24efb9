/** What a feature tells of: clusters are named by how they stand in these. */
export type Theme = 'buying' | 'basket' | 'browsing' | 'recency' | 'trouble' | 'tenure';

export const FLAGS = ['has_bought', 'has_visited', 'has_registration'] as const;
/** Says of each customer whether a figure of theirs exists: never bought is not bought 0 days ago. */
export type Flag = (typeof FLAGS)[number];

/**
 * How a figure enters the distance between customers. `log` is sign(x) · ln(1 + |x|), for counts and sums: without it a few
 * very large customers would be every cluster but one.
 */
export type Transform = 'log' | 'none';

export interface BehaviourFeature {
  /** Column of `int_customer_profiles_ml`. */
  readonly name: string;
  readonly theme: Theme | null;
  /** −1: the larger, the less of its theme. */
  readonly direction: 1 | -1;
  readonly transform: Transform;
  /** Null: everybody has the figure. */
  readonly flag: Flag | null;
}

function amount(name: string, theme: Theme | null, flag: Flag | null = null): BehaviourFeature {
  return { name, theme, direction: 1, transform: 'log', flag };
}

function days(name: string, theme: Theme, flag: Flag, direction: 1 | -1): BehaviourFeature {
  return { name, theme, direction, transform: 'none', flag };
}

/** Everything known of what a customer does. Sums of other columns, and what is only known of some worlds, are no features. */
export const BEHAVIOUR_FEATURES: readonly BehaviourFeature[] = [
  amount('total_orders', 'buying'),
  amount('total_spend', 'buying'),
  amount('avg_order_value', 'basket', 'has_bought'),
  amount('orders_last_30_days', 'buying'),
  amount('spend_last_30_days', 'buying'),
  amount('num_products', 'buying'),
  amount('processing_orders', null),
  amount('shipped_orders', null),
  amount('completed_orders', 'buying'),
  amount('cancelled_orders', 'trouble'),
  amount('returned_orders', 'trouble'),
  days('days_since_last_purchase', 'recency', 'has_bought', -1),
  amount('total_web_events', 'browsing'),
  amount('unique_pages_visited', 'browsing'),
  amount('sessions', 'browsing'),
  amount('total_page_views', 'browsing'),
  amount('total_product_views', 'browsing'),
  amount('total_add_to_carts', 'browsing'),
  amount('total_searches', 'browsing'),
  amount('total_checkouts', 'browsing'),
  amount('events_last_30_days', 'browsing'),
  amount('sessions_last_30_days', 'browsing'),
  amount('active_days', 'browsing'),
  days('days_since_last_web_activity', 'recency', 'has_visited', -1),
  days('days_since_registration', 'tenure', 'has_registration', 1),
];

const BY_NAME = new Map(BEHAVIOUR_FEATURES.map((feature) => [feature.name, feature]));

/** Undefined: nothing of that name is known as a feature. */
export function behaviourFeature(name: string): BehaviourFeature | undefined {
  return BY_NAME.get(name);
}

export function transformed(value: number, transform: Transform): number {
  return transform === 'none' ? value : Math.sign(value) * Math.log1p(Math.abs(value));
}
